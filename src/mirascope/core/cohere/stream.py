"""The stream class of cohere."""

from . import CohereStream as CohereStream
