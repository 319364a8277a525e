"""The response class of mistral."""

from . import MistralCallResponse as MistralCallResponse
