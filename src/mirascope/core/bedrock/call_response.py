"""The response class of bedrock."""

from . import BedrockCallResponse as BedrockCallResponse
