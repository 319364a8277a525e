from . import CohereCallKwargs as CohereCallKwargs
