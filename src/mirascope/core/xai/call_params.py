from . import XAICallParams as XAICallParams
