"""The stream class of mistral."""

from .vendor import MistralStream

__all__ = ["MistralStream"]
