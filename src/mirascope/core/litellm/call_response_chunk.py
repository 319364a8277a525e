from . import LiteLLMCallResponseChunk as LiteLLMCallResponseChunk
