from . import CohereStream as CohereStream
