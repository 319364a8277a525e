from . import GeminiCallResponseChunk as GeminiCallResponseChunk
