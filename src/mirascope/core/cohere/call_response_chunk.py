"""The chunk class of cohere."""

from . import CohereCallResponseChunk as CohereCallResponseChunk
