"""What the simulated model says when no script tells it: always the same, and always to the point.

It thinks when asked to, calls every tool once, then answers; it keeps to the schema, the limit of
tokens and the choice of tools that the request names.
"""

from __future__ import annotations

import json

from mirascope._wire.json_values import JsonObject, is_object
from mirascope.llm.content import ToolCall
from mirascope.llm.testing.conversation import ToolOffer, TurnRequest
from mirascope.llm.testing.draft import Draft
from mirascope.llm.testing.schema import generate

__all__ = ["FORMAT_TOOL", "call_id", "patient_draft"]

FORMAT_TOOL = "__mirascope_formatted_output_tool__"
"""How the tool begins that stands for a format. The simulator knows it from the wire, as a model
would; that it is the library's name too is checked by a test."""


_ANY_OBJECT: JsonObject = {"type": "object", "properties": {"answer": {"type": "string"}}}


def patient_draft(request: TurnRequest, number: int) -> Draft:
    """Return the answer to `request`; `number` makes the ids of its calls unique."""
    tools = _tools_to_call(request)
    calls = tuple(
        ToolCall(id=call_id(request, number, index), name=tool.name, args=_args(tool, request))
        for index, tool in enumerate(tools)
    )
    draft = Draft(
        thoughts=(_thought(request, tools),) if request.thinking else (),
        show_thoughts=request.show_thoughts,
        texts=() if calls else (_text(request),),
        calls=calls,
    )
    return draft.stopped(request.stop_sequences).limited(request.max_tokens).counted(request)


def call_id(request: TurnRequest, number: int, index: int) -> str:
    """Return an id as the vendor would give the call."""
    prefix = "toolu" if request.wire == "messages" else "call"
    return f"{prefix}_sim{number}_{index + 1}"


def _tools_to_call(request: TurnRequest) -> list[ToolOffer]:
    formats = [tool for tool in request.tools if tool.name.startswith(FORMAT_TOOL)]
    others = [tool for tool in request.tools if tool not in formats]
    have = len(request.results)
    if request.one_call_at_a_time and have < len(others):
        return [others[have]]
    if others and not have:
        return others
    # Where a call is demanded even after results, a model can only call again.
    return formats[:1] or (others if request.must_call else [])


def _args(tool: ToolOffer, request: TurnRequest) -> str:
    full = tool.name.startswith(FORMAT_TOOL)
    value = generate({"type": "object", **tool.schema}, question=request.question, full=full)
    return json.dumps(value, ensure_ascii=False)


def _text(request: TurnRequest) -> str:
    schema = request.schema or _schema_in(request.system)
    if schema is None and request.json_mode:
        schema = _ANY_OBJECT
    if schema is not None:
        return json.dumps(generate(schema, question=request.question), ensure_ascii=False)
    question = " ".join(request.question.split())
    question = question if len(question) <= 200 else f"{question[:200]}…"
    if request.results:
        told = "; ".join(
            f"{result.name or 'it'} gave {result.output}" for result in request.results
        )
        return f"I asked the tools for you: {told}. That is my answer to “{question}”."
    return (
        f"You said “{question}”. I am a simulated model, so there is nothing more to my answer, "
        "but it streams like a real one."
    )


def _thought(request: TurnRequest, tools: list[ToolOffer]) -> str:
    names = ", ".join(tool.name for tool in tools)
    if any(tool.name.startswith(FORMAT_TOOL) for tool in tools) or request.schema:
        plan = "I will fill in the form, field by field."
    elif tools:
        plan = f"I will call {names} and see what comes back."
    elif request.results:
        plan = "The tools have answered, so I can answer too."
    else:
        plan = "I can answer that at once."
    return f"Let me see what is asked for. {plan}"


def _schema_in(text: str) -> JsonObject | None:
    """Return the JSON Schema that instructions contain, for models without a way to pass one."""
    decoder = json.JSONDecoder()
    start = text.find("{")
    while start >= 0:
        try:
            found, _ = decoder.raw_decode(text, start)
        except ValueError:
            found = None
        if is_object(found) and ("properties" in found or "$ref" in found):
            return found
        start = text.find("{", start + 1)
    return None
