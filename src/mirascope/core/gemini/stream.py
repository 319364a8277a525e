from . import GeminiStream as GeminiStream
