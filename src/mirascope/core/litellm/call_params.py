from . import LiteLLMCallParams as LiteLLMCallParams
