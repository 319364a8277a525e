"""The version: in a module of its own, so that to name it loads nothing else."""

__version__ = "3.0.0.dev0"
