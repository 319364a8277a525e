from . import MistralCallResponse as MistralCallResponse
