"""What a tool returned, on its way back to the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Generic, Literal

from mirascope.llm.content.json_form import JsonForm
from mirascope.llm.content.tool_errors import ToolErrorForm
from mirascope.llm.exceptions import ToolError
from mirascope.llm.types.jsonable import JsonableCovariantT

__all__ = ["ToolOutput"]


@dataclass(kw_only=True)
class ToolOutput(Generic[JsonableCovariantT]):
    """The result of one tool call.

    When the tool failed, `error` says how and `result` is the text the model is told.
    """

    type: Literal["tool_output"] = "tool_output"
    id: str
    """The id of the `ToolCall` this answers."""
    name: str
    result: Annotated[JsonableCovariantT | str, JsonForm()]
    error: Annotated[ToolError | None, ToolErrorForm()] = None

    @property
    def output(self) -> JsonableCovariantT | str:
        """Return the result.

        Raises:
            ToolError: The tool failed.
        """
        if self.error is not None:
            raise self.error
        return self.result
