from . import CohereCallResponse as CohereCallResponse
