from . import MistralCallParams as MistralCallParams
