from . import BedrockCallParams as BedrockCallParams
