"""The tool class of google."""

from . import GoogleTool as GoogleTool
