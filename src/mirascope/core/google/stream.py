from . import GoogleStream as GoogleStream
