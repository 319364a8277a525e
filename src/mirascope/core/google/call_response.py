from . import GoogleCallResponse as GoogleCallResponse
