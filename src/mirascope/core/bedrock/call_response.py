"""The response class of bedrock."""

from ._vendor import BedrockCallResponse

__all__ = ["BedrockCallResponse"]
