"""The stream class of mistral."""

from . import MistralStream as MistralStream
