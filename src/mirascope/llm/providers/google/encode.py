"""A request to the generateContent wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from mirascope.llm.providers.capabilities import settled
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import (
    include_thoughts,
    json_headers,
    leading_system,
    merge_extra,
    skip,
    unsupported,
)
from mirascope.llm.providers.google.computer import encode_computer
from mirascope.llm.providers.google.messages import encode_contents
from mirascope.llm.providers.google.models import Capabilities, Level, capabilities
from mirascope.llm.providers.google.quirks import GoogleQuirks
from mirascope.llm.providers.google.schemas import json_schema, openapi_schema
from mirascope.llm.providers.google.server_tools import encode_server_tool
from mirascope.llm.providers.schemas import tool_parameters
from mirascope.llm.providers.tools import computer_of, format_tool, function_tools, tool_choice
from mirascope.llm.tools import AnyToolSchema
from mirascope.llm.tools.computer import COMPUTER
from mirascope.llm.transport.http import HttpRequest

__all__ = ["encode"]

DEFAULT_MAX_TOKENS = 16_000  # budgets are a share of it where the caller sets no limit
_BUDGET = {"none": 0.0, "minimal": 0.1, "low": 0.2, "medium": 0.4, "high": 0.6, "max": 0.8}
_LEVEL: dict[str, Level] = {
    "none": "MINIMAL",
    "minimal": "MINIMAL",
    "low": "LOW",
    "medium": "MEDIUM",
    "high": "HIGH",
    "max": "HIGH",
}
_ORDER: tuple[Level, ...] = ("MINIMAL", "LOW", "MEDIUM", "HIGH")

_PARAMS = {
    "temperature": "temperature",
    "top_p": "topP",
    "top_k": "topK",
    "max_tokens": "maxOutputTokens",
    "seed": "seed",
}


def encode(request: Request, quirks: GoogleQuirks) -> HttpRequest:
    """Return the request; see `Codec.encode`."""
    can = settled(request, capabilities(request.model_name))
    texts, start = leading_system(request)
    body: dict[str, object] = {"contents": encode_contents(request, start, quirks)}
    if texts:
        body["systemInstruction"] = {"parts": [{"text": text} for text in texts]}
    body |= _tools(request, can, quirks)
    if config := _generation_config(request, can):
        body["generationConfig"] = config
    method = "streamGenerateContent?alt=sse" if request.stream else "generateContent"
    return HttpRequest(
        url=f"{quirks.path(request.model_name)}:{method}",
        headers=json_headers(request.params),
        body=merge_extra(body, request.params),
    )


def _tools(request: Request, can: Capabilities, quirks: GoogleQuirks) -> dict[str, object]:
    """Return the tools, the format's first, and which of them has to be called."""
    hidden, others = format_tool(request.format), request.toolkit.tools_dict.values()
    functions = [*([hidden] if hidden else []), *function_tools(request)]
    declarations = [_declaration(tool, request, can) for tool in functions]
    tools: list[object] = [{"functionDeclarations": declarations}] if declarations else []
    tools += encode_computer(request)
    server_tools = request.toolkit.provider_tools_dict.values()
    tools += [encode_server_tool(tool, request) for tool in server_tools]
    config: dict[str, object] = {}
    if (choice := tool_choice(request, hidden, others)) is not None:
        if choice == COMPUTER and computer_of(request) is not None:
            raise unsupported(request, "tool_choice of the computer")
        config["functionCallingConfig"] = _function_calling(choice)
    both = declarations and server_tools and quirks.server_tools_beside_functions
    if both and can.schema_with_tools:
        config["includeServerSideToolInvocations"] = True  # refused otherwise, and unknown before
    out: dict[str, object] = {"tools": tools} if tools else {}
    return {**out, "toolConfig": config} if config else out


def _declaration(tool: AnyToolSchema, request: Request, can: Capabilities) -> dict[str, object]:
    if tool.strict:
        raise unsupported(
            request,
            "strict tools",
            f"Tool '{tool.name}' cannot be strict: the vendor knows no strict tools.",
        )
    declaration: dict[str, object] = {"name": tool.name, "description": tool.description}
    parameters = tool_parameters(tool)
    if not parameters.get("properties") and not parameters.get("additionalProperties"):
        return declaration  # an object without properties is refused
    if can.whole_schemas:
        return {**declaration, "parametersJsonSchema": json_schema(parameters)}
    return {**declaration, "parameters": openapi_schema(parameters)}


def _function_calling(choice: str) -> dict[str, object]:
    if choice in ("auto", "none"):
        return {"mode": choice.upper()}
    only = {} if choice == "required" else {"allowedFunctionNames": [choice]}
    return {"mode": "ANY", **only}


def _generation_config(request: Request, can: Capabilities) -> dict[str, object]:
    config: dict[str, object] = {}
    params = cast("Mapping[str, object]", request.params)
    for name, wire_name in _PARAMS.items():
        if (value := params.get(name)) is not None:
            config[wire_name] = value
    if (stop := request.params.get("stop_sequences")) is not None:
        config["stopSequences"] = list(stop)
    if thinking := _thinking_config(request, can):
        config["thinkingConfig"] = thinking
    return config | _response_format(request, can)


def _thinking_config(request: Request, can: Capabilities) -> dict[str, object]:
    thinking = request.params.get("thinking")
    if thinking is None:
        return {}
    level = thinking["level"]
    if can.thinking == "no":
        if level not in ("none", "default"):
            skip(request, "thinking", thinking)
        return {}
    config: dict[str, object] = {}
    if level == "default":
        if can.thinking == "budget":
            config["thinkingBudget"] = -1  # as much as the model likes
    elif can.thinking == "level":
        wanted = _ORDER.index(_LEVEL[level])
        known = (one for one in can.levels if _ORDER.index(one) >= wanted)
        config["thinkingLevel"] = next(known)
    else:
        config["thinkingBudget"] = _budget(request, level, can)
    if include_thoughts(request.params):
        config["includeThoughts"] = True
    return config


def _budget(request: Request, level: str, can: Capabilities) -> int:
    if level == "none" and can.can_stop_thinking:
        return 0
    least, most = can.budgets
    limit = request.params.get("max_tokens") or DEFAULT_MAX_TOKENS
    return min(max(int(_BUDGET[level] * limit), least), most)


def _response_format(request: Request, can: Capabilities) -> dict[str, object]:
    format = request.format
    if format is None or format.mode not in ("strict", "json"):
        return {}
    if request.toolkit.tools and not can.schema_with_tools:
        raise unsupported(request, f"formatting_mode:{format.mode} with tools")
    json_only: dict[str, object] = {"responseMimeType": "application/json"}
    if format.mode == "json":
        return json_only
    if can.whole_schemas:
        return {**json_only, "responseJsonSchema": json_schema(format.schema)}
    return {**json_only, "responseSchema": openapi_schema(format.schema)}
