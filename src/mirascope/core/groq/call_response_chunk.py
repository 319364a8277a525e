from . import GroqCallResponseChunk as GroqCallResponseChunk
