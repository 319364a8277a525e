"""A request to the Converse wire."""

from __future__ import annotations

import re
from typing import cast
from urllib.parse import quote

import msgspec

from mirascope.llm.providers.anthropic import encode as anthropic
from mirascope.llm.providers.anthropic.schemas import strict_schema
from mirascope.llm.providers.bedrock.messages import CACHE_POINT, encode_messages
from mirascope.llm.providers.bedrock.models import Capabilities
from mirascope.llm.providers.bedrock.tools import encode_tools
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import (
    json_headers,
    leading_system,
    merge_extra,
    skip,
    unsupported,
)
from mirascope.llm.providers.tools import format_tool
from mirascope.llm.transport.http import HttpRequest

__all__ = ["STREAM_TYPE", "count_path", "encode", "model_path"]

STREAM_TYPE = "application/vnd.amazon.eventstream"
_INFERENCE = {
    "max_tokens": "maxTokens",
    "temperature": "temperature",
    "top_p": "topP",
    "stop_sequences": "stopSequences",
}
_PROFILE = re.compile(r"^(us|us-gov|eu|apac|jp|au|ca|global)\.")
_EFFORT = {"minimal": "low", "low": "low", "default": "medium", "medium": "medium"}
"""Whatever is more is ``high``."""


def encode(request: Request, can: Capabilities) -> HttpRequest:
    """Return the request; see `Codec.encode`."""
    texts, start = leading_system(request)
    schema = _output_schema(request, can)
    messages = encode_messages(request, start, can)
    body: dict[str, object] = {"messages": messages}
    fields: dict[str, object] = {}
    inference, thinks = _parameters(request, can, fields)
    if text := "\n".join(filter(None, texts)):
        cached = [CACHE_POINT] if "system" in can.cached else []
        body["system"] = [{"text": text}, *cached]
    if inference:
        body["inferenceConfig"] = inference
    hidden = format_tool(request.format)
    if tools := encode_tools(request, can, hidden, schema, messages, thinks=thinks):
        body["toolConfig"] = tools
    if schema is not None:
        body["outputConfig"] = {"textFormat": _text_format(schema)}
    if fields:
        body["additionalModelRequestFields"] = fields
    accept = STREAM_TYPE if request.stream else "application/json"
    return HttpRequest(
        url=model_path(request.model_name, "converse-stream" if request.stream else "converse"),
        headers=json_headers(request.params, accept=accept),
        body=merge_extra(body, request.params),
    )


def model_path(model_name: str, operation: str) -> str:
    """Return the path of an operation; the id of a model may be an ARN, with slashes in it.

    Raises:
        ValueError: It would lead elsewhere.
    """
    if model_name in ("", ".", ".."):
        raise ValueError(f"This cannot be the id of a model on Bedrock: {model_name!r}.")
    return f"/model/{quote(model_name, safe='')}/{operation}"


def count_path(model_name: str) -> str:
    """Return the path of CountTokens, which knows models but no cross-region profiles of them.

    It refuses ``us.anthropic.claude-sonnet-4-20250514-v1:0`` and takes the same without ``us.``
    (recorded 2026-05).
    """
    return model_path(_PROFILE.sub("", model_name), "count-tokens")


def _output_schema(request: Request, can: Capabilities) -> dict[str, object] | None:
    """Return the schema that the answer is held to, if it is to be held to one.

    Raises:
        FeatureNotSupportedError: The model knows no such thing, or cannot enforce this schema.
    """
    format = request.format
    if format is None or format.mode != "strict":
        return None
    schema = strict_schema(format.schema) if can.strict else None
    if schema is None:
        raise unsupported(request, "formatting_mode:strict")
    return schema


def _text_format(schema: dict[str, object]) -> dict[str, object]:
    """Return how the answer is asked for; the schema is JSON in JSON."""
    text = msgspec.json.encode(schema).decode()
    return {"type": "json_schema", "structure": {"jsonSchema": {"schema": text}}}


# --- parameters


def _parameters(
    request: Request, can: Capabilities, fields: dict[str, object]
) -> tuple[dict[str, object], bool]:
    """Return the parameters that all models share, and whether the model thinks.

    Args:
        request: What is asked.
        can: What the model can do.
        fields: Is given those that are the model's own.
    """
    params = cast("dict[str, object]", request.params)
    if can.claude is not None:
        said: dict[str, object] = {"max_tokens": params.get("max_tokens")}
        output_config: dict[str, object] = {}
        thinks = anthropic.think(said, output_config, request, can.claude)
        anthropic.sample(said, request, can.claude, thinks)
        for name in ("thinking", "top_k"):
            if name in said:
                fields[name] = said[name]
        if output_config:
            fields["output_config"] = output_config
    else:
        said = dict(params)
        thinks = _think(request, can, said, fields)
        _top_k(request, can, fields)
        skip(request, "seed", params.get("seed"))
    inference = {
        ours: said[name] for name, ours in _INFERENCE.items() if said.get(name) is not None
    }
    return inference, thinks


def _think(
    request: Request, can: Capabilities, said: dict[str, object], fields: dict[str, object]
) -> bool:
    """Set how much to think; return whether the model does."""
    thinking = request.params.get("thinking")
    if thinking is None:
        return False
    level = thinking["level"]
    effort = _EFFORT.get(level, "high")
    match can.thinking:
        case "nova" if level == "none":
            fields["reasoningConfig"] = {"type": "disabled"}
        case "nova":
            fields["reasoningConfig"] = {"type": "enabled", "maxReasoningEffort": effort}
            if effort == "high":  # then the vendor takes none of these
                for name in ("max_tokens", "temperature", "top_p"):
                    skip(request, name, said.pop(name, None))
        case "effort" if level not in ("none", "default"):
            fields["reasoning_effort"] = effort
        case _ if level != "default":
            skip(request, "thinking", thinking)
            return False
        case _:
            return False
    return level != "none"


def _top_k(request: Request, can: Capabilities, fields: dict[str, object]) -> None:
    top_k = request.params.get("top_k")
    if top_k is None:
        return
    if not can.top_k:
        skip(request, "top_k", top_k)
        return
    *above, name = can.top_k
    for key in above:
        below: dict[str, object] = {}
        fields[key] = below
        fields = below
    fields[name] = top_k
