from . import OpenAICallKwargs as OpenAICallKwargs
