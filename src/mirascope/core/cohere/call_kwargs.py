"""What the SDK of cohere is called with."""

from . import CohereCallKwargs as CohereCallKwargs
