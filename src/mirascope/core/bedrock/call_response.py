"""The response class of bedrock."""

from .vendor import BedrockCallResponse

__all__ = ["BedrockCallResponse"]
