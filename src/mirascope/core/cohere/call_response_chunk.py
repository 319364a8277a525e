from . import CohereCallResponseChunk as CohereCallResponseChunk
