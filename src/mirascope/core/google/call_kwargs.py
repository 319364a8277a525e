"""What the SDK of google is called with."""

from . import GoogleCallKwargs as GoogleCallKwargs
