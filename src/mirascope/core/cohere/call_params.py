"""The parameters of cohere."""

from . import CohereCallParams as CohereCallParams
