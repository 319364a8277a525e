"""The stream class of mistral."""

from ._vendor import MistralStream

__all__ = ["MistralStream"]
