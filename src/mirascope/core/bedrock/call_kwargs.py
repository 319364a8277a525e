from . import BedrockCallKwargs as BedrockCallKwargs
