from . import OpenAICallResponseChunk as OpenAICallResponseChunk
