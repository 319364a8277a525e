"""A request to the Chat wire."""

from __future__ import annotations

from mirascope.llm.providers.capabilities import settled
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.cohere.messages import Conversation
from mirascope.llm.providers.cohere.models import Capabilities, capabilities
from mirascope.llm.providers.cohere.schemas import strict_schema
from mirascope.llm.providers.cohere.tools import encode_tools
from mirascope.llm.providers.encoding import json_headers, merge_extra, skip, unsupported
from mirascope.llm.transport.http import HttpRequest

__all__ = ["encode"]

_BUDGET = {"minimal": 0.1, "low": 0.2, "medium": 0.4, "high": 0.6, "max": 0.8}
_USUAL_LIMIT = 16_000
"""Tokens of an answer that budgets are a part of where the caller sets no limit."""
_SAMPLING = (
    ("temperature", "temperature"),
    ("top_p", "p"),
    ("top_k", "k"),
    ("max_tokens", "max_tokens"),
    ("seed", "seed"),
)


def encode(request: Request) -> HttpRequest:
    """Return the request; see `Codec.encode`."""
    can = settled(request, capabilities(request.model_name))
    tools = encode_tools(request, can)
    format = _format(request, can, with_tools=bool(tools))
    conversation = Conversation(request, documents_apart=not format)
    body: dict[str, object] = {
        "model": request.model_name,
        "messages": conversation.messages,
        **tools,
        **format,
        **_parameters(request, can),
    }
    if conversation.documents:
        body["documents"] = conversation.documents
    if request.stream:
        body["stream"] = True
    return HttpRequest(
        url="/v2/chat",
        headers=json_headers(request.params),
        body=merge_extra(body, request.params),
    )


def _format(request: Request, can: Capabilities, *, with_tools: bool) -> dict[str, object]:
    """Return what holds the answer to its format, which the vendor refuses beside tools.

    Raises:
        FeatureNotSupportedError: The answer has to be held to a schema and cannot be.
    """
    format = request.format
    if format is None or format.mode == "tool":
        return {}
    if format.mode == "json":
        wanted = can.formats and not with_tools
        return {"response_format": {"type": "json_object"}} if wanted else {}
    if format.mode != "strict":
        return {}
    schema = strict_schema(format.schema)
    if schema is None:
        raise unsupported(request, "formatting_mode:strict")
    if with_tools:
        raise unsupported(
            request,
            "formatting_mode:strict",
            "Cohere holds no answer to a schema where there are tools: use the mode 'tool'.",
        )
    return {"response_format": {"type": "json_object", "json_schema": schema}}


def _parameters(request: Request, can: Capabilities) -> dict[str, object]:
    params = request.params
    fields: dict[str, object] = {}
    for ours, theirs in _SAMPLING:
        if (value := params.get(ours)) is not None:
            fields[theirs] = value
    if (stop := params.get("stop_sequences")) is not None:
        fields["stop_sequences"] = list(stop)
    if (thinking := _thinking(request, can)) is not None:
        fields["thinking"] = thinking
    return fields


def _thinking(request: Request, can: Capabilities) -> dict[str, object] | None:
    """Return how much to think: a share of what the answer may be long, thoughts included."""
    thinking = request.params.get("thinking")
    if thinking is None:
        return None
    level = thinking["level"]
    if not can.thinks:
        if level not in ("none", "default"):
            skip(request, "thinking", thinking)
        return None
    if level == "none":
        return {"type": "disabled"}
    if level == "default":
        return {"type": "enabled"}
    limit = request.params.get("max_tokens") or _USUAL_LIMIT
    return {"type": "enabled", "token_budget": max(1, int(_BUDGET[level] * limit))}
