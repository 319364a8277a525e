"""The command ``mirascope``."""
