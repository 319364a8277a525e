"""The tool class of gemini."""

from . import GeminiTool as GeminiTool
