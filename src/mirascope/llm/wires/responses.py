"""OpenAI Responses.

Source: recorded traffic of api.openai.com, and
https://platform.openai.com/docs/api-reference/responses-streaming (2026-01).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import parse_qs

from mirascope._wire.json_values import JsonObject, as_object, as_objects, as_text
from mirascope.llm.content import (
    AssistantContentPart,
    Image,
    Text,
    Thought,
    ToolCall,
    ToolOutput,
    UserContentPart,
)
from mirascope.llm.messages import Message, SystemMessage, UserMessage
from mirascope.llm.responses.fold import Fold
from mirascope.llm.tools.computer import COMPUTER
from mirascope.llm.wires.asked import Asked, FormatAsked, ThinkingAsked, ToolOffer
from mirascope.llm.wires.chat import file_part, openai_error
from mirascope.llm.wires.checks import check_responses
from mirascope.llm.wires.computer import computer_offer, read_computer_item
from mirascope.llm.wires.parts import (
    flag,
    image_at,
    joined_text,
    level_of,
    media,
    media_of,
    model_message,
    read_params,
    texts_of,
)
from mirascope.llm.wires.responses_items import read_citations, read_item
from mirascope.llm.wires.responses_writer import ResponsesWriter, stream_error, whole_response
from mirascope.llm.wires.wire import (
    Incoming,
    InvalidRequest,
    Wire,
    compact,
    sse,
)
from mirascope.llm.wires.writer import Ending, Writer

__all__ = ["ResponsesWire"]

_PARAMS = (
    ("temperature", "temperature"),
    ("top_p", "top_p"),
    ("max_output_tokens", "max_tokens"),
)


_COMPUTER = "computer_use_preview"


class ResponsesWire(Wire):
    """`POST …/responses`, and `GET …/responses/{id}` of an answer made in the background."""

    name = "responses"
    request_id_header: ClassVar[str | None] = "x-request-id"
    overloaded = "server_error"

    def takes(self, path: str) -> bool:
        """Tell whether `path` is that of Responses."""
        return path.endswith("/responses")

    def read(self, incoming: Incoming) -> Asked:
        """Return what is asked for; see `Wire.read`."""
        body = incoming.body
        if not as_text(body.get("model")):
            raise InvalidRequest("Missing required parameter: 'model'.")
        given = body.get("input")
        if not given:
            raise InvalidRequest("Missing required parameter: 'input'.")
        if isinstance(given, str):
            given = [{"role": "user", "content": given}]
        instructions = as_text(body.get("instructions"))
        system = [SystemMessage(content=Text(text=instructions))] if instructions else []
        choice, allowed = _tool_choice(body.get("tool_choice"))
        asked = Asked(
            wire=self.name,
            model=as_text(body["model"]),
            stream=body.get("stream") is True,
            messages=(*system, *_messages(as_objects(given))),
            tools=tuple(_tools(body)),
            server_tools=tuple(
                as_text(tool.get("type"))
                for tool in as_objects(body.get("tools"))
                if tool.get("type") not in ("function", _COMPUTER)
            ),
            tool_choice=choice,
            allowed_tools=allowed,
            one_call_at_a_time=body.get("parallel_tool_calls") is False,
            format=_format(as_object(as_object(body.get("text")).get("format"))),
            thinking=_thinking(as_object(body.get("reasoning"))),
            params=read_params(body, _PARAMS),
            body=body,
        )
        check_responses(asked)
        return asked

    def writer(self, asked: Asked, number: int, ending: Ending | None = None) -> Writer:
        """Return what writes one stream; see `Wire.writer`."""
        return ResponsesWriter(asked, number, ending)

    def whole(self, answer: Fold, asked: Asked, number: int, ending: Ending) -> bytes:
        """Return a whole answer; see `Wire.whole`."""
        return compact(whole_response(answer, asked, number)).encode()

    def error(self, status: int, message: str, code: str | None, number: int) -> bytes:
        """Return an error's body; see `Wire.error`."""
        return compact({"error": openai_error(status, message, code)}).encode()

    def stream_error(self, status: int, message: str, code: str | None, number: int) -> bytes:
        """Return an error's events; see `Wire.stream_error`."""
        return stream_error(status, message, code, number)

    def kept_as(self, asked: Asked, number: int) -> str | None:
        """Return the id of an answer that is made in the background; see `Wire.kept_as`."""
        return f"resp_sim{number}" if asked.body.get("background") is True else None

    def asked_again(self, incoming: Incoming) -> tuple[str, int] | None:
        """Read ``GET …/responses/{id}?stream=true&starting_after={number}``.

        Source: https://platform.openai.com/docs/guides/background (2026-01).
        """
        before, _, id = incoming.path.rpartition("/")
        query = parse_qs(incoming.query)
        if not before.endswith("/responses") or query.get("stream") != ["true"]:
            return None
        after = query.get("starting_after", ["-1"])[0]
        return (id, int(after) + 1) if after.lstrip("-").isdecimal() else None

    def malformed(self) -> bytes:
        """Return an event without JSON; see `Wire.malformed`."""
        kind = "response.output_text.delta"
        return sse(f'{{"type":"{kind}","delta":', event=kind)


# --- what is asked


def _messages(items: list[JsonObject]) -> Iterator[Message]:
    """Yield the messages; items of the model that follow each other are one turn of it."""
    names: dict[str, str] = {}
    turn: list[JsonObject] = []
    for item in items:
        message = _message(item, names)
        if message is None:
            turn.append(item)
            if item.get("type") == "function_call":
                names[as_text(item.get("call_id"))] = as_text(item.get("name"))
            continue
        if turn:
            yield _model_turn(turn)
            turn = []
        yield message
    if turn:
        yield _model_turn(turn)


def _message(item: JsonObject, names: dict[str, str]) -> Message | None:
    """Return what the user's side says in an item; None where it is the model's."""
    content = item.get("content")
    if item.get("type") == "function_call_output":
        id = as_text(item.get("call_id"))
        given = item.get("output")
        result, media = joined_text(given), media_of(_user_parts(given))
        output = ToolOutput(id=id, name=names.get(id, ""), result=result, media=media)
        return UserMessage(content=[output])
    if item.get("type") == "computer_call_output":
        screen = _user_parts([{**as_object(item.get("output")), "type": "input_image"}])
        id, media = as_text(item.get("call_id")), media_of(screen)
        return UserMessage(content=[ToolOutput(id=id, name=COMPUTER, result="", media=media)])
    match item.get("role"):
        case "system" | "developer":
            return SystemMessage(content=Text(text=joined_text(content)))
        case "user":
            return UserMessage(content=list(_user_parts(content)))
        case _:
            return None


def _user_parts(content: object) -> Iterator[UserContentPart]:
    if isinstance(content, str):
        yield Text(text=content)
    for part in as_objects(content):
        found: UserContentPart | None = None
        match part.get("type"):
            case "input_text" | "text":
                found = Text(text=as_text(part.get("text")))
            case "input_image" if id := as_text(part.get("file_id")):
                found = Image.from_file_id(id, provider="openai")
            case "input_image":
                found = image_at(as_text(part.get("image_url")))
            case "input_audio":
                audio = as_object(part.get("input_audio"))
                found = media(f"audio/{as_text(audio.get('format'))}", as_text(audio.get("data")))
            case "input_file":
                found = file_part(part)
            case _:
                pass
        if found is not None:
            yield found


def _model_turn(items: list[JsonObject]) -> Message:
    parts: list[AssistantContentPart] = []
    plain = True
    for item in items:
        match item.get("type", "message"):
            case "function_call":
                parts.append(
                    ToolCall(
                        id=as_text(item.get("call_id")),
                        name=as_text(item.get("name")),
                        args=as_text(item.get("arguments")),
                    )
                )
                plain = plain and "id" not in item
            case "computer_call":
                called = read_computer_item(item)
                parts.append(called)
                plain = plain and item.get("id") == f"cu_{called.id}"  # made up by our side
            case "message":
                if isinstance(content := item.get("content"), str):
                    parts.append(Text(text=content))
                for part in as_objects(content):
                    if text := as_text(part.get("text")):
                        cited = read_citations(part.get("annotations"))
                        parts.append(Text(text=text, citations=cited))
                    if refusal := as_text(part.get("refusal")):
                        parts.append(Text(text=refusal))
                plain = plain and "id" not in item
            case "reasoning":
                shown = [*texts_of(item.get("summary")), *texts_of(item.get("content"))]
                parts += [Thought(thought=text) for text in shown]
                plain = False
            case _:
                parts += read_item(item)
                plain = False
    return model_message(parts, None if plain else items)


def _tools(body: JsonObject) -> Iterator[ToolOffer]:
    for tool in as_objects(body.get("tools")):
        if tool.get("type") == _COMPUTER:
            yield computer_offer("screenshot")
        if tool.get("type") == "function":
            yield ToolOffer(
                name=as_text(tool.get("name")),
                schema=as_object(tool.get("parameters")),
                description=as_text(tool.get("description")),
                strict=flag(tool.get("strict")),
            )


def _tool_choice(choice: object) -> tuple[str | None, tuple[str, ...]]:
    """Return which tool has to be called, and the only ones that may be."""
    if isinstance(choice, str):
        return choice, ()
    chosen = as_object(choice)
    if chosen.get("type") == "allowed_tools":
        allowed = tuple(_name_of(tool) for tool in as_objects(chosen.get("tools")))
        return as_text(chosen.get("mode")) or "auto", allowed
    if chosen.get("type") == _COMPUTER:
        return COMPUTER, ()
    # A tool of the server is named by its type.
    return as_text(chosen.get("name")) or as_text(chosen.get("type")) or None, ()


def _name_of(tool: JsonObject) -> str:
    return COMPUTER if tool.get("type") == _COMPUTER else as_text(tool.get("name"))


def _format(format: JsonObject) -> FormatAsked | None:
    match format.get("type"):
        case "json_object":
            return FormatAsked(schema=None)
        case "json_schema":
            return FormatAsked(
                schema=as_object(format.get("schema")),
                name=as_text(format.get("name")),
                strict=flag(format.get("strict")),
            )
        case _:
            return None


def _thinking(reasoning: JsonObject) -> ThinkingAsked | None:
    effort, show = as_text(reasoning.get("effort")), bool(reasoning.get("summary"))
    if not effort and not show:
        return None
    return ThinkingAsked(level=level_of(effort) or "default", show=show)
