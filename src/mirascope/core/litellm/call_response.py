from . import LiteLLMCallResponse as LiteLLMCallResponse
