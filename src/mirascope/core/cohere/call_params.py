from . import CohereCallParams as CohereCallParams
