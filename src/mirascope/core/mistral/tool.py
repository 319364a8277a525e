"""The tool class of mistral."""

from . import MistralTool as MistralTool
