from . import GeminiCallResponse as GeminiCallResponse
