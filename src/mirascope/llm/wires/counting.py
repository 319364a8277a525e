"""The server's side of counting tokens: the question that is counted, and the answer."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from mirascope._wire.json_values import JsonObject, as_object, as_text
from mirascope.llm.wires.wire import Incoming, InvalidRequest

__all__ = ["CountAsked", "count_asked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountAsked:
    """One request for a count."""

    question: Incoming
    """The request whose tokens are asked for, as it would be made."""
    field: str
    """What the answer calls their number."""


def _only(body: JsonObject, *names: str) -> JsonObject:
    if more := body.keys() - {*names}:
        raise InvalidRequest(f"{min(more)}: Extra inputs are not permitted")
    return body


def _messages(incoming: Incoming) -> CountAsked:
    names = ("model", "messages", "system", "tools", "tool_choice", "thinking", "output_config")
    body = {**_only(incoming.body, "anthropic_version", *names), "max_tokens": 100_000}
    question = replace(incoming, path="/v1/messages", body=body)
    return CountAsked(question=question, field="input_tokens")


def _responses(incoming: Incoming) -> CountAsked:
    names = ("model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls")
    body = _only(incoming.body, *names, "text", "reasoning", "conversation", "truncation")
    return CountAsked(
        question=replace(incoming, path="/v1/responses", body=body), field="input_tokens"
    )


def _contents(incoming: Incoming) -> CountAsked:
    path = incoming.path.removesuffix("countTokens") + "generateContent"
    body = as_object(incoming.body.get("generateContentRequest")) or incoming.body
    return CountAsked(question=replace(incoming, path=path, body=body), field="totalTokens")


def _bedrock(incoming: Incoming) -> CountAsked:
    path = incoming.path.removesuffix("count-tokens")
    given = as_object(incoming.body.get("input"))
    if "converse" in given:
        question = replace(incoming, path=f"{path}converse", body=as_object(given["converse"]))
    else:
        coded = as_text(as_object(given.get("invokeModel")).get("body"))
        try:
            body: object = json.loads(base64.b64decode(coded, validate=True))
        except ValueError:
            raise InvalidRequest("The body of the request to count is no JSON.") from None
        question = replace(incoming, path=f"{path}invoke", body=as_object(body))
    return CountAsked(question=question, field="inputTokens")


_ENDINGS: tuple[tuple[str, Callable[[Incoming], CountAsked]], ...] = (
    ("/messages/count_tokens", _messages),
    ("/models/count-tokens:rawPredict", _messages),
    ("/responses/input_tokens", _responses),
    (":countTokens", _contents),
    ("/count-tokens", _bedrock),
)


def count_asked(incoming: Incoming) -> CountAsked | None:
    """Return what a request asks to be counted; None where it asks for something else.

    Raises:
        InvalidRequest: Something that the vendor insists on is missing, or too much.
    """
    read = next((read for ending, read in _ENDINGS if incoming.path.endswith(ending)), None)
    return None if read is None else read(incoming)
