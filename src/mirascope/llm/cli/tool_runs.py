"""Running the tools that a model calls, and telling of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, cast

from mirascope.llm.cli.exits import one_line
from mirascope.llm.cli.record import Record, ToolRun
from mirascope.llm.content import ToolCall, ToolOutput
from mirascope.llm.responses import Response, StreamResponse
from mirascope.llm.types.jsonable import Jsonable

__all__ = ["call_shown", "output_shown", "run_tools"]

_LONGEST = 200  # characters of a call or a result that are shown


def run_tools(
    response: Response[Any] | StreamResponse[Any], record: Record, say: Callable[[str], None]
) -> Sequence[ToolOutput[Jsonable]]:
    """Run what an answer calls, say so, and put it into the record."""
    calls = response.tool_calls
    for call in calls:
        say(f"→ {call_shown(call)}")
    outputs = response.execute_tools()
    args = {call.id: call.args for call in calls}
    for output in outputs:
        say(f"← {output_shown(output)}")
        record.tool_runs.append(
            ToolRun(
                name=output.name,
                args=args.get(output.id, "{}"),
                result=output.result,
                failed=output.error is not None,
            )
        )
    return outputs


def call_shown(call: ToolCall) -> str:
    """Return a call in a line, as Python would write it."""
    try:
        args: object = json.loads(call.args)
    except ValueError:
        args = None
    if not isinstance(args, dict):
        return _cut(f"{call.name}({call.args})")
    given = (f"{name}={json.dumps(one, ensure_ascii=False)}" for name, one in args.items())  # pyright: ignore[reportUnknownVariableType] JSON
    return _cut(f"{call.name}({', '.join(given)})")


def output_shown(output: ToolOutput[Any]) -> str:
    """Return a result in a line; of the parts that MCP servers return, their text.

    Of media it is said which they are.
    """
    result: Any = output.result
    parts: list[Any] = []
    if isinstance(result, list):
        parts += result
    if parts and all(map(_is_text, parts)):
        result = " ".join(part["text"] for part in parts)
    text = (
        result if isinstance(result, str) else json.dumps(result, ensure_ascii=False, default=str)
    )
    text = " ".join(filter(None, [text, *(f"[{medium.type}]" for medium in output.media)]))
    return _cut(text if output.error is None else f"failed: {text}")


def _is_text(part: Any) -> bool:
    return isinstance(part, dict) and isinstance(cast("Any", part).get("text"), str)


def _cut(text: str) -> str:
    text = one_line(text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
