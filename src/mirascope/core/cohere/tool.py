"""The tool class of cohere."""

from . import CohereTool as CohereTool
