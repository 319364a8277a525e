"""The tool class of groq."""

from . import GroqTool as GroqTool
