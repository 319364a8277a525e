from . import LiteLLMStream as LiteLLMStream
