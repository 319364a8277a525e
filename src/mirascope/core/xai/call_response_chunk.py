"""The chunk class of xai."""

from . import XAICallResponseChunk as XAICallResponseChunk
