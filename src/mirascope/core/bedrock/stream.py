from . import BedrockStream as BedrockStream
