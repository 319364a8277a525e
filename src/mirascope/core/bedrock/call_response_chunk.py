from . import BedrockCallResponseChunk as BedrockCallResponseChunk
