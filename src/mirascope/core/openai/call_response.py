from . import OpenAICallResponse as OpenAICallResponse
