"""The parameters of openai."""

from . import OpenAICallParams as OpenAICallParams
