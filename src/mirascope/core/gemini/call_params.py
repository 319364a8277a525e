from . import GeminiCallParams as GeminiCallParams
