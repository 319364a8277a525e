from . import BedrockCallResponse as BedrockCallResponse
