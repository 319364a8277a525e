"""The stream class of openai."""

from . import OpenAIStream as OpenAIStream
