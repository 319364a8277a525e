"""What the SDK of bedrock is called with."""

from . import BedrockCallKwargs as BedrockCallKwargs
