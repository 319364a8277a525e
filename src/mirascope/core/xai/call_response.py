"""The response class of xai."""

from . import XAICallResponse as XAICallResponse
