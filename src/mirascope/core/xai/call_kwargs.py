from . import XAICallKwargs as XAICallKwargs
