from . import OpenAICallParams as OpenAICallParams
