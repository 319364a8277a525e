"""The stream class of xai."""

from . import XAIStream as XAIStream
