"""Requests to the Responses API.

https://platform.openai.com/docs/api-reference/responses/create (2025-12). The history is sent in
full each time: nothing depends on what the server has stored, but for the reasoning items that it
keeps for us unless ``store`` is turned off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, assert_never

from mirascope._wire.json_values import as_object, is_list
from mirascope.llm.content import Document, Image, Text, ToolOutput, UserContentPart
from mirascope.llm.messages import AssistantMessage, UserMessage
from mirascope.llm.providers.capabilities import Capabilities, settled
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import (
    file_id_of,
    include_thoughts,
    json_headers,
    merge_extra,
    reusable_raw,
    said_in,
    skip,
    tool_output_text,
    unsupported,
)
from mirascope.llm.providers.openai import tools
from mirascope.llm.providers.openai.computer import (
    BLANK,
    COMPUTER_TYPE,
    encode_call,
    encode_computer,
    encode_screenshot,
    safety_checks,
)
from mirascope.llm.providers.openai.models import closest_effort, wire_name
from mirascope.llm.providers.openai.parts import SaidPart, image_url, inline_file, runs
from mirascope.llm.providers.openai.quirks import ResponsesQuirks
from mirascope.llm.providers.openai.server_tools import encode_server_tool, wire_type
from mirascope.llm.providers.tools import computer_of, format_tool, tool_choice
from mirascope.llm.tools import AnyToolSchema, ComputerSchema, ProviderTool
from mirascope.llm.tools.computer import COMPUTER
from mirascope.llm.transport.http import HttpRequest

__all__ = ["encode_responses"]

_Json = dict[str, object]


def encode_responses(request: Request, quirks: ResponsesQuirks) -> HttpRequest:
    """Return the request; see `Codec.encode`."""
    if request.model_id.endswith(":completions"):
        raise unsupported(
            request,
            "completions API",
            f"'{request.model_id}' asks for Chat Completions, which this provider does not use.",
        )
    name = wire_name(request.model_name)
    # Audio and video are the wire's own refusals, which no capability of a model can lift.
    can = settled(request, replace(quirks.capabilities(name), audio=None, video=None))
    body: _Json = {"model": name, "input": _input(request, quirks)}
    body.update(_parameters(request, can))
    body.update(_tools(request, quirks))
    body.update(_format(request, can))
    if _is_stateless(request) and can.reasoning is not False:
        # What is not kept there has to come back from here.
        body["include"] = ["reasoning.encrypted_content"]
    if request.stream:
        body["stream"] = True
    return HttpRequest(
        url="/responses",
        headers=json_headers(request.params),
        body=merge_extra(body, request.params),
    )


def _is_stateless(request: Request) -> bool:
    return (request.params.get("extra_body") or {}).get("store") is False


def _parameters(request: Request, can: Capabilities) -> _Json:
    params = request.params
    body: _Json = {}
    thinking = params.get("thinking")
    effort = closest_effort(thinking.get("level", "default"), can.efforts) if thinking else None
    if effort is not None:
        reasoning: _Json = {"effort": effort}
        if include_thoughts(params):
            reasoning["summary"] = "auto"
        body["reasoning"] = reasoning
    elif thinking and thinking.get("level") != "none":
        skip(request, "thinking", thinking)
    # Reasoning models refuse what steers sampling, unless they are told not to reason.
    samples = not can.reasoning or effort == "none"
    for key in ("temperature", "top_p"):
        if (value := params.get(key)) is not None:
            if samples:
                body[key] = value
            else:
                skip(request, key, value)
    if (max_tokens := params.get("max_tokens")) is not None:
        body["max_output_tokens"] = max_tokens
    for key in ("top_k", "seed", "stop_sequences"):
        skip(request, key, params.get(key))
    return body


def _tools(request: Request, quirks: ResponsesQuirks) -> _Json:
    hidden = format_tool(request.format)
    others = list(request.toolkit.tools_dict.values())
    encoded = [_tool(tool, request, quirks) for tool in request.toolkit.tools]
    if hidden is not None:
        encoded.append(_tool(hidden, request, quirks))
    body: _Json = {"tools": encoded} if encoded else {}
    if computer_of(request) is not None:
        body["truncation"] = "auto"  # the vendor demands it beside this tool
    # Beside the format's tool only functions count: a search of the server's is no answer.
    choice = tool_choice(request, hidden, request.toolkit.tools if hidden is None else others)
    if choice == "required" and hidden is not None and quirks.allowed_tools:
        # A call of the server's own tools would count as one, too.
        allowed = [_one_tool(tool.name, request) for tool in (*others, hidden)]
        body["tool_choice"] = {"type": "allowed_tools", "mode": "required", "tools": allowed}
    elif choice in ("auto", "none", "required"):
        body["tool_choice"] = choice
    elif choice is not None:
        body["tool_choice"] = _one_tool(choice, request)
    return body


def _tool(tool: AnyToolSchema | ProviderTool, request: Request, quirks: ResponsesQuirks) -> _Json:
    if isinstance(tool, ComputerSchema):
        if not quirks.computer:
            raise unsupported(request, "computer use")
        return encode_computer(tool)
    if not isinstance(tool, ProviderTool):
        fields = tools.function_fields(tool, request, strict_default=quirks.strict_tools)
        return {"type": "function", **fields}
    return encode_server_tool(tool, request)


def _one_tool(name: str, request: Request) -> _Json:
    if name in request.toolkit.provider_tools_dict and name not in request.toolkit.tools_dict:
        return {"type": wire_type(name)}
    if name == COMPUTER and computer_of(request) is not None:
        return {"type": COMPUTER_TYPE}
    return {"type": "function", "name": name}


def _format(request: Request, can: Capabilities) -> _Json:
    format = request.format
    if format is None:
        return {}
    if format.mode == "strict":
        schema = tools.json_schema_fields(format, request)
        return {"text": {"format": {"type": "json_schema", **schema}}}
    if format.mode == "json" and can.json_object:
        return {"text": {"format": {"type": "json_object"}}}
    return {}


def _input(request: Request, quirks: ResponsesQuirks) -> list[object]:
    items: list[object] = []
    has_computer = computer_of(request) is not None
    checks = safety_checks(request.messages) if has_computer else {}
    for message in request.messages:
        if message.role == "system":
            items.append({"role": "developer", "content": message.content.text})
        elif message.role == "user":
            apart = _screens_apart(message) if has_computer else message
            items.extend(_user(apart, request, checks if has_computer else None))
        else:
            items.extend(_assistant(message, request, quirks))
    return items


def _user(
    message: UserMessage, request: Request, checks: dict[str, list[object]] | None
) -> Iterator[_Json]:
    """Yield an item for each run of parts, and one for each tool output.

    Args:
        message: The message.
        request: What it is of.
        checks: What is to be confirmed of actions on the computer, by call; None without one.
    """
    for run in runs(message):
        if isinstance(run, ToolOutput) and run.name == COMPUTER and checks is not None:
            yield encode_screenshot(run, _screen(run, request), checks.get(run.id, []))
        elif isinstance(run, ToolOutput):
            output = _output(run, request)
            yield {"call_id": run.id, "output": output, "type": "function_call_output"}
        elif len(run) == 1 and isinstance(run[0], Text):
            yield {"content": run[0].text, "role": "user"}
        else:
            content = [_user_part(part, request) for part in run]
            yield {"content": content, "role": "user", "type": "message"}


def _screens_apart(message: UserMessage) -> UserMessage:
    """Return a message in which the computer shows screens only.

    The rest of its outputs, such as what went wrong, is said by the user after all outputs.
    """
    outputs = [part for part in message.content if part.type == "tool_output"]
    told = [said for output in outputs if output.name == COMPUTER for said in _beside(output)]
    others = [part for part in message.content if part.type != "tool_output"]
    return replace(message, content=[*outputs, *told, *others]) if told else message


def _beside(output: ToolOutput[Any]) -> list[UserContentPart]:
    """Return what an output of the computer has beside its first image."""
    text = tool_output_text(output.result)
    screen = next((medium for medium in output.media if medium.type == "image"), None)
    rest: list[UserContentPart] = [Text(text=text)] if text else []
    rest += [medium for medium in output.media if medium is not screen]
    return [Text(text=f"From the output of the tool {COMPUTER}:"), *rest] if rest else []


def _screen(output: ToolOutput[Any], request: Request) -> _Json:
    """Return where the first image of an output is."""
    for medium in output.media:
        if medium.type == "image":
            image = _image(medium, request)
            return {key: image[key] for key in ("image_url", "file_id") if key in image}
    return {"image_url": BLANK}


def _output(output: ToolOutput[Any], request: Request) -> str | list[_Json]:
    """Return what a tool gave: text, or with media beside it a list of parts."""
    text = tool_output_text(output.result)
    if not output.media:
        return text
    media = [_user_part(part, request) for part in output.media]
    return [{"text": text, "type": "input_text"}, *media] if text else media


def _user_part(part: SaidPart, request: Request) -> _Json:
    match part.type:
        case "text":
            return {"text": part.text, "type": "input_text"}
        case "image":
            return _image(part, request)
        case "document":
            return {"type": "input_file", **_file(part, request)}
        case "audio":
            raise unsupported(
                request,
                "audio input",
                "The Responses API takes no audio; with OpenAI's audio models use Chat "
                "Completions, for which the model id ends in ':completions'.",
            )
        case "video":
            raise unsupported(request, "video input", "The Responses API takes no video.")
        case _:
            assert_never(part)


def _image(image: Image, request: Request) -> _Json:
    source = image.source
    if source.type == "file_source":
        where = {"file_id": file_id_of(source, request)}
    else:
        where = {"image_url": image_url(source)}
    return {**where, "detail": "auto", "type": "input_image"}


def _file(document: Document, request: Request) -> _Json:
    source = document.source
    if source.type == "file_source":
        return {"file_id": file_id_of(source, request)}
    if source.type == "url_document_source":
        return {"file_url": source.url}
    return inline_file(source)


def _assistant(
    message: AssistantMessage, request: Request, quirks: ResponsesQuirks
) -> list[object]:
    model_name = wire_name(request.model_name) + quirks.mode_suffix
    raw = reusable_raw(message, request, model_name)
    if is_list(raw):
        return _reused(raw, request)
    items: list[object] = []
    for part in message.content:
        if part.type == "tool_call" and part.name == COMPUTER and computer_of(request):
            items.append(encode_call(part))
        elif part.type == "tool_call":
            args = part.args if part.args.strip() else "{}"
            items.append(
                {
                    "call_id": part.id,
                    "name": part.name,
                    "arguments": args,
                    "type": "function_call",
                }
            )
        elif (text := said_in(part, request.params)) or part.type == "text":
            items.append({"content": text, "role": "assistant"})
    return items


def _reused(raw: list[object], request: Request) -> list[object]:
    """Return what of the server's own items it takes back.

    It refuses a reasoning item that nothing follows (an answer cut off while thinking) and, when
    it does not store answers, one that is not encrypted.
    """
    items = list(raw)
    if _is_stateless(request):
        items = [
            item for item in items if not _is_reasoning(item) or _field(item, "encrypted_content")
        ]
    while items and _is_reasoning(items[-1]):
        items.pop()
    return items


def _is_reasoning(item: object) -> bool:
    return _field(item, "type") == "reasoning"


def _field(item: object, key: str) -> object:
    return as_object(item).get(key)
