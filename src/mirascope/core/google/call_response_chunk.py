from . import GoogleCallResponseChunk as GoogleCallResponseChunk
