"""The parameters of xai."""

from . import XAICallParams as XAICallParams
