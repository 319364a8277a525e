from . import XAICallResponse as XAICallResponse
