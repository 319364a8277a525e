from . import GroqCallResponse as GroqCallResponse
