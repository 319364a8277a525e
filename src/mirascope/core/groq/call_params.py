from . import GroqCallParams as GroqCallParams
