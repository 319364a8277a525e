from . import GroqStream as GroqStream
