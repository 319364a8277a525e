from . import MistralStream as MistralStream
