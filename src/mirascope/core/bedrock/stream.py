"""The stream class of bedrock."""

from . import BedrockStream as BedrockStream
