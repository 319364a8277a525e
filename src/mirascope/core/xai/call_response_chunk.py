from . import XAICallResponseChunk as XAICallResponseChunk
