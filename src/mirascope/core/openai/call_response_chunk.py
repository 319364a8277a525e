"""The chunk class of openai."""

from . import OpenAICallResponseChunk as OpenAICallResponseChunk
