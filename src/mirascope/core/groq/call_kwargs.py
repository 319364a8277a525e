from . import GroqCallKwargs as GroqCallKwargs
