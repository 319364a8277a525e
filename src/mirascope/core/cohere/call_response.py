"""The response class of cohere."""

from . import CohereCallResponse as CohereCallResponse
