from . import OpenAIStream as OpenAIStream
