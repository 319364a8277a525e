"""A request to the Messages wire."""

from __future__ import annotations

from mirascope.llm.content import Document, FileSource, Image
from mirascope.llm.providers.anthropic.messages import CACHED, encode_messages
from mirascope.llm.providers.anthropic.models import Capabilities
from mirascope.llm.providers.anthropic.schemas import strict_schema
from mirascope.llm.providers.anthropic.server_tools import server_tool_betas
from mirascope.llm.providers.anthropic.tools import (
    computer_beta,
    encode_tool_choice,
    encode_tools,
)
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import (
    include_thoughts,
    json_headers,
    leading_system,
    merge_extra,
    skip,
    unsupported,
)
from mirascope.llm.providers.tools import format_tool
from mirascope.llm.transport.http import HttpRequest
from mirascope.llm.types.params import Params

__all__ = ["encode", "encode_body", "encode_headers", "sample", "think"]

DEFAULT_MAX_TOKENS = 16_000  # the wire requires a limit
MIN_BUDGET = 1024
_BUDGET = {"minimal": 0.0, "low": 0.2, "medium": 0.4, "high": 0.6, "max": 0.8}
_EFFORT = {"default": "medium", "minimal": "low"}  # the other levels have the same name


def encode(request: Request, can: Capabilities) -> HttpRequest:
    """Return the request to a server of which the model can do that; see `Codec.encode`."""
    body = encode_body(request, can)
    return HttpRequest(
        url="/v1/messages",
        headers=encode_headers(request, anthropic_version="2023-06-01"),
        body=merge_extra(body, request.params),
    )


def encode_body(request: Request, can: Capabilities) -> dict[str, object]:
    """Return the body, without the caller's ``extra_body``."""
    texts, start = leading_system(request)
    schema = _output_schema(request)
    body: dict[str, object] = {
        "model": request.model_name,
        "max_tokens": request.params.get("max_tokens") or DEFAULT_MAX_TOKENS,
        "messages": encode_messages(request, start),
    }
    output_config: dict[str, object] = {}
    thinks = think(body, output_config, request, can)
    sample(body, request, can, thinks)
    hidden = format_tool(request.format)
    if tools := encode_tools(request, can, hidden, schema):
        tools[-1]["cache_control"] = CACHED
        body["tools"] = tools
    if (choice := encode_tool_choice(request, hidden, thinks)) is not None:
        body["tool_choice"] = choice
    if text := "\n".join(filter(None, texts)):
        body["system"] = [{"type": "text", "text": text, "cache_control": CACHED}]
    if schema is not None:
        output_config["format"] = {"type": "json_schema", "schema": schema}
    if output_config:
        body["output_config"] = output_config
    if request.stream:
        body["stream"] = True
    return body


def encode_headers(request: Request, **more: str) -> dict[str, str]:
    """Return the headers; the betas of the caller are added to our own."""
    headers = json_headers(request.params, **more)
    files = ["files-api-2025-04-14"] if _has_files(request) else []
    own = [*server_tool_betas(request), *computer_beta(request), *files]
    betas = [*own, *headers.get("anthropic-beta", "").split(",")]
    if betas := list(dict.fromkeys(beta.strip() for beta in betas if beta.strip())):
        headers["anthropic-beta"] = ",".join(betas)
    return headers


def _has_files(request: Request) -> bool:
    """Tell whether files are named that the vendor keeps."""
    return any(
        isinstance(part, Image | Document) and isinstance(part.source, FileSource)
        for message in request.messages
        if message.role == "user"
        for part in message.content
    )


def _output_schema(request: Request) -> dict[str, object] | None:
    """Return the schema that the answer is held to, if it is to be held to one.

    Raises:
        FeatureNotSupportedError: The model cannot enforce this schema.
    """
    format = request.format
    if format is None or format.mode != "strict":
        return None
    schema = strict_schema(format.schema)
    if schema is None:
        raise unsupported(request, "formatting_mode:strict")
    return schema


def think(
    body: dict[str, object], output_config: dict[str, object], request: Request, can: Capabilities
) -> bool:
    """Set how much to think; return whether the model does.

    A budget has to be less than ``max_tokens``, which limits thoughts and answer together. Where
    it is not, the limit is raised by the budget, so that the answer may be as long as was asked.
    """
    thinking = request.params.get("thinking")
    if thinking is None:
        return can.always_thinks
    level = thinking["level"]
    if not can.thinking:
        if level not in ("none", "default"):
            skip(request, "thinking", thinking)
        return False
    if level == "none":
        if can.always_thinks:
            raise unsupported(request, "thinking level 'none'")
        body["thinking"] = {"type": "disabled"}
        return False
    if can.adaptive:
        # Since 4.7 thoughts are left out unless asked for, see `display` in
        # https://docs.claude.com/en/docs/build-with-claude/adaptive-thinking (2026-01).
        shown = {"display": "summarized"} if include_thoughts(request.params) else {}
        body["thinking"] = {"type": "adaptive", **shown}
        output_config["effort"] = _EFFORT.get(level, level)
        return True
    if level == "default":
        return False
    limit = request.params.get("max_tokens") or DEFAULT_MAX_TOKENS
    budget = max(MIN_BUDGET, int(_BUDGET[level] * limit))
    if budget >= limit:
        body["max_tokens"] = limit + budget
    body["thinking"] = {"type": "enabled", "budget_tokens": budget}
    return True


def sample(body: dict[str, object], request: Request, can: Capabilities, thinks: bool) -> None:
    """Set the sampling parameters that the model accepts together with the others.

    https://docs.claude.com/en/docs/build-with-claude/extended-thinking, "Feature compatibility",
    and the migration guide (2026-01): a thinking model takes no temperature and no top_k, and
    top_p from 0.95 only; models since 4.1 take either temperature or top_p; those since 4.7 none.
    """
    params: Params = request.params
    temperature, top_p, top_k = params.get("temperature"), params.get("top_p"), params.get("top_k")
    takes_top_p = not can.adaptive and (not thinks or (top_p or 0) >= 0.95)
    if temperature is not None:
        if can.adaptive or thinks:
            _skip_unless(temperature == 1, request, "temperature", temperature)
        else:
            body["temperature"] = temperature
            takes_top_p = takes_top_p and not can.one_of_temperature_and_top_p
    if top_p is not None:
        if takes_top_p:
            body["top_p"] = top_p
        else:
            _skip_unless(top_p == 1, request, "top_p", top_p)
    if top_k is not None:
        if can.adaptive or thinks:
            skip(request, "top_k", top_k)
        else:
            body["top_k"] = top_k
    if (stop := params.get("stop_sequences")) is not None:
        body["stop_sequences"] = list(stop)
    skip(request, "seed", params.get("seed"))


def _skip_unless(is_default: bool, request: Request, name: str, value: object) -> None:
    if not is_default:
        skip(request, name, value)
