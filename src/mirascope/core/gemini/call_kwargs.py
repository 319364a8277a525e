from . import GeminiCallKwargs as GeminiCallKwargs
