"""The parameters of bedrock."""

from . import BedrockCallParams as BedrockCallParams
