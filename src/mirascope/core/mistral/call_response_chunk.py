"""The chunk class of mistral."""

from . import MistralCallResponseChunk as MistralCallResponseChunk
