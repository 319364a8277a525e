"""The parameters of google."""

from . import GoogleCallParams as GoogleCallParams
