"""The tool class of xai."""

from . import XAITool as XAITool
