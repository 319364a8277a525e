from . import GoogleCallParams as GoogleCallParams
