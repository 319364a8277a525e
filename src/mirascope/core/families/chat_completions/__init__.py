"""The family of openai's chat completions: openai, azure, groq, litellm, mistral and xai."""

from .reading import read_chunk, read_response, read_usage
from .tools import ChatTool, strict_schema
from .vendor import ChatCallParams, ChatVendor

__all__ = [
    "ChatCallParams",
    "ChatTool",
    "ChatVendor",
    "read_chunk",
    "read_response",
    "read_usage",
    "strict_schema",
]
