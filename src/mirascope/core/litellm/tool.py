"""The tool class of litellm."""

from . import LiteLLMTool as LiteLLMTool
