from . import MistralCallKwargs as MistralCallKwargs
