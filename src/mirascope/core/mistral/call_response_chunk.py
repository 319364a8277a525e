from . import MistralCallResponseChunk as MistralCallResponseChunk
