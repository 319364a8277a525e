"""The parameters of mistral."""

from . import MistralCallParams as MistralCallParams
