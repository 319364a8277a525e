from . import XAIStream as XAIStream
