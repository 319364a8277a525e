from . import GoogleCallKwargs as GoogleCallKwargs
