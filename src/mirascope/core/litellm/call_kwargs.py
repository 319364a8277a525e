from . import LiteLLMCallKwargs as LiteLLMCallKwargs
