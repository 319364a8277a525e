"""Context: dependencies that travel with a call."""

from mirascope.llm.context import _utils
from mirascope.llm.context.context import Context, DepsT

__all__ = ["Context", "DepsT", "_utils"]
