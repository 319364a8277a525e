"""Responses API to chunks.

An answer is a list of items. Their events name the item by its place in the list, and may be
interleaved. Items are said three times: in deltas, whole when they are done, and once more in the
last event; what was missed before is taken from the later saying, since not every server that
speaks this wire says everything three times. A whole body is the last event alone.
"""

from __future__ import annotations

import re
from typing import ClassVar, cast

import msgspec

from mirascope._wire.json_values import JsonObject, as_object, as_objects, as_text
from mirascope.llm.providers.codec import ErrorInfo, Request, WireEvent
from mirascope.llm.providers.openai.computer import action_of
from mirascope.llm.providers.openai.errors import is_error, stream_error
from mirascope.llm.providers.openai.responses_types import Event, ResponseBody, ResponseHead
from mirascope.llm.providers.openai.server_tools import (
    SERVER_TOOLS,
    args_of,
    citation_of,
    name_of,
    output_of,
    picture,
)
from mirascope.llm.providers.openai.tools import count_calls
from mirascope.llm.providers.openai.usage import reported_tools, tool_usage, usage_totals
from mirascope.llm.providers.wire_decoder import WireDecoder
from mirascope.llm.responses.chunks import StreamResponseChunk
from mirascope.llm.responses.finish_reason import FinishReason
from mirascope.llm.tools.computer import COMPUTER
from mirascope.llm.types.jsonable import Jsonable

__all__ = ["ResponsesDecoder"]

_EVENT = msgspec.json.Decoder(Event)
_BODY = msgspec.json.Decoder(ResponseBody)
_HEAD = msgspec.json.Decoder(ResponseHead)
_ANY: msgspec.json.Decoder[object] = msgspec.json.Decoder()

_Part = tuple[int, str, int]
"""An item's place, the kind of text, and the part's place within the item."""

# Events that carry text, by what it is. The shorter reasoning names were used in early 2025.
_DELTAS = {
    "response.output_text.delta": "text",
    "response.refusal.delta": "refusal",
    "response.reasoning_summary_text.delta": "summary",
    "response.reasoning_summary.delta": "summary",
    "response.reasoning_text.delta": "reasoning",
    "response.reasoning.delta": "reasoning",
}
_DONES = {name.removesuffix("delta") + "done": kind for name, kind in _DELTAS.items()}

_FINISH = {
    "max_output_tokens": FinishReason.MAX_TOKENS,
    "content_filter": FinishReason.REFUSAL,
}


_CALLS = ("function_call", "computer_call")
"""Items that are calls of tools of the user's."""

_ID = re.compile(r"\w[\w-]{0,255}", re.ASCII)
"""What goes into an address."""


def _runs_in_background(request: Request) -> bool:
    """Return whether the answer is made whether or not somebody reads it, and kept."""
    return (request.params.get("extra_body") or {}).get("background") is True


class _Call:
    """A call of a tool of the user's; `id` is the one it was started under."""

    __slots__ = ("args", "ended", "id")

    def __init__(self) -> None:
        self.id: str | None = None
        self.args: list[str] = []
        self.ended = False


class ResponsesDecoder(WireDecoder):
    """Decodes one answer: `feed` its events, or `read` its whole body.

    An answer that is made in the background goes on at the server when its connection breaks; its
    events are numbered, and those after a number can be asked for.

    Attributes:
        response_id: The server's id of an answer in the background.
        position: The number of the last event that was read of it.
    """

    wire_name: ClassVar[str] = "the Responses API"

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self._items: dict[int, JsonObject] = {}
        self._places: dict[str, int] = {}
        self._place = 0
        self._ended: set[int] = set()
        self._calls: dict[int, _Call] = {}
        self._first_call = count_calls(request)
        self._part: _Part | None = None
        self._seen: set[_Part] = set()
        self._refused = False
        self._last_text: _Part | None = None
        self._text_ids: dict[_Part, str] = {}
        """The ids of the texts before the last."""
        self._cited: dict[_Part, int] = {}
        """How many citations of each part were said."""
        self._in_background = _runs_in_background(request)
        self.response_id: str | None = None
        self.position: int | None = None

    def feed(self, event: WireEvent) -> list[StreamResponseChunk]:
        """Return the chunks of one event; see `Decoder.feed`."""
        name, data = event
        if self.done or data.strip() in (b"", b"[DONE]"):  # OpenRouter sends the latter here too
            return []
        try:
            message = _EVENT.decode(data)
        except (ValueError, RecursionError):
            if name == "error":  # in words
                raise self._failure(stream_error(data.decode(errors="replace"))) from None
            message = self._parse(data, _EVENT)
        if self._in_background and not self._is_new(message):
            return []
        kind = message.type or name
        if (part := _DELTAS.get(kind)) is not None:
            self._add_text(message, part)
        elif kind == "response.function_call_arguments.delta":
            if isinstance(message.delta, str):
                self._add_args(self._place_of(message), message.delta)
        else:
            self._add_other(kind, message, data)
        self.progress: int = self._emitter.progress
        return self._emitter.take()

    def read(self, body: bytes) -> list[StreamResponseChunk]:
        """Return the chunks of a whole body; see `Decoder.read`."""
        response = self._parse(body, _BODY)
        if self._in_background and response.status in ("queued", "in_progress"):
            raise self._invalid(
                "it has only begun; stream an answer that is made in the background"
            )
        if response.output is None and not response.error:
            payload = self._parse(body, _ANY)
            if is_error(payload):
                raise self._failure(stream_error(payload))
            if response.status not in ("failed", "cancelled"):
                raise self._invalid("there is no output in it")
        self._complete(response)
        return self._emitter.take()

    def _add_other(self, kind: str, event: Event, data: bytes) -> None:
        if (part := _DONES.get(kind)) is not None:
            self._end_text(event, part)
        elif kind == "response.output_item.added":
            self._begin_item(event)
        elif kind == "response.output_item.done":
            self._end_item(event)
        elif kind == "response.function_call_arguments.done":
            self._end_args(self._place_of(event), event.arguments)
        elif kind in ("response.completed", "response.incomplete", "response.failed"):
            self._complete(self._parse(bytes(event.response) or b"{}", _BODY), kind)
        elif kind == "response.output_text.annotation.added":
            cited = (self._place_of(event), "text", event.content_index or 0)
            self._cite(cited, as_object(event.annotation))
        elif kind == "response.image_generation_call.partial_image":
            self._add_image(self._place_of(event), event.partial_image_b64, preview=True)
        elif kind == "error" or event.error:
            raise self._failure(self._error_of(event, data))
        elif kind.endswith(".delta"):  # a tool of the server at work
            self._emitter.progress += 1
        elif not kind and is_error(payload := self._parse(data, _ANY)):
            raise self._failure(stream_error(payload))

    def _is_new(self, event: Event) -> bool:
        """Note how far the answer has come; return whether an event had not been read before."""
        number = event.sequence_number
        if not isinstance(number, int):
            return True
        if self.position is not None and number <= self.position:
            return False
        self.position = number
        if self.response_id is None and event.response:
            id = self._parse(bytes(event.response), _HEAD).id
            self.response_id = id if isinstance(id, str) and _ID.fullmatch(id) else None
        return True

    def _error_of(self, event: Event, data: bytes) -> ErrorInfo:
        if event.error:
            return stream_error(event.error)
        if event.message or event.code:  # the type is "error", which says nothing
            return stream_error({"message": event.message, "code": event.code})
        return stream_error(self._parse(data, _ANY))

    # --- which item

    def _place_of(self, event: Event) -> int:
        """Return the place of the item that an event is about."""
        if event.output_index is not None:
            self._place = event.output_index
        elif event.item_id is not None:
            self._place = self._places.get(event.item_id, self._place)
        return self._place

    def _begin_item(self, event: Event) -> None:
        item = event.item or {}
        if event.output_index is None:
            self._place = len(self._items)
        place = self._place_of(event)
        self._remember(place, item)
        if item.get("type") in _CALLS:
            self._start_call(place, item)
        elif (name := name_of(item)) is not None:
            self._emitter.provider_tool_start(_id_of(item, place), name)

    def _end_item(self, event: Event) -> None:
        item = event.item or {}
        if event.output_index is None:
            self._place = self._place_without_index(item)
        place = self._place_of(event)
        self._ended.add(place)
        self._remember(place, item)
        self._add_item(place, item)

    def _place_without_index(self, item: JsonObject) -> int:
        """Return the place of the item with this id, or the one that is under way."""
        id = item.get("id")
        if isinstance(id, str) and id in self._places:
            return self._places[id]
        under_way = self._items.get(self._place, {}).get("type") == item.get("type")
        return self._place if under_way and self._place not in self._ended else len(self._items)

    def _remember(self, place: int, item: JsonObject) -> None:
        self._items[place] = item
        if isinstance(id := item.get("id"), str):
            self._places[id] = place

    # --- text, refusals, thoughts

    def _add_text(self, event: Event, kind: str) -> None:
        delta = event.delta
        if not isinstance(delta, str) or not delta:
            return
        part = (self._place_of(event), kind, _part_index(event, kind))
        if part != self._part:
            self._begin_part(part)
        if kind == "text":
            self._emitter.text(delta)
        else:
            self._say(kind, delta)

    def _begin_part(self, part: _Part) -> None:
        self._emitter.end_part()
        if self._last_text is not None:
            self._text_ids[self._last_text] = self._emitter.text_id
        self._part = part
        self._seen.add(part)
        self._text_ids.pop(part, None)
        self._last_text = part if part[1] == "text" else None

    def _say(self, kind: str, text: str) -> None:
        if kind == "text":
            self._emitter.text(text)
        elif kind == "refusal":
            self._refused = True
            self._emitter.text(text)
        else:
            self._emitter.thought(text)

    def _cite(self, part: _Part, annotation: JsonObject) -> None:
        """Say what a part rests on; it may have ended."""
        self._cited[part] = self._cited.get(part, 0) + 1
        if part in self._text_ids:
            self._emitter.cite(citation_of(annotation), id=self._text_ids[part])
        elif part == self._last_text:
            self._emitter.cite(citation_of(annotation))

    def _end_text(self, event: Event, kind: str) -> None:
        part = (self._place_of(event), kind, _part_index(event, kind))
        self._whole_part(part, event.refusal if kind == "refusal" else event.text)

    def _whole_part(self, part: _Part, text: object) -> None:
        """End a part; say it, if its deltas did not."""
        if part not in self._seen and isinstance(text, str) and text:
            self._begin_part(part)
            self._say(part[1], text)
        if part == self._part:
            self._emitter.end_part()
            self._part = None

    # --- calls of functions and of the computer

    def _start_call(self, place: int, item: JsonObject) -> None:
        call = self._calls.setdefault(place, _Call())
        name = COMPUTER if item.get("type") == "computer_call" else item.get("name")
        if call.id is not None or not isinstance(name, str):
            return
        wire_id = item.get("call_id") or item.get("id")
        made_up = f"call_{self._first_call + len(self._calls) - 1}"
        call.id = self._emitter.tool_start(wire_id if isinstance(wire_id, str) else made_up, name)
        for args in call.args:
            self._emitter.tool_args(call.id, args)

    def _add_args(self, place: int, args: str) -> None:
        call = self._calls.setdefault(place, _Call())
        if args and not call.ended:
            call.args.append(args)
            if call.id is not None:
                self._emitter.tool_args(call.id, args)

    def _end_args(self, place: int, args: object) -> None:
        call = self._calls.setdefault(place, _Call())
        if not call.args and isinstance(args, str):
            self._add_args(place, args)
        if call.id is not None:
            call.ended = True
            self._emitter.tool_end(call.id)

    # --- whole items

    def _add_item(self, place: int, item: JsonObject) -> None:
        """Say what is new in a whole item. Items of other types are in the raw message only."""
        match item.get("type"):
            case "message":
                for index, part in enumerate(as_objects(item.get("content"))):
                    if part.get("type") == "refusal":
                        self._refused = True
                        self._whole_part((place, "refusal", index), part.get("refusal"))
                    else:
                        self._whole_part((place, "text", index), part.get("text"))
                        said = self._cited.get((place, "text", index), 0)
                        for annotation in as_objects(part.get("annotations"))[said:]:
                            self._cite((place, "text", index), annotation)
            case "reasoning":
                for index, part in enumerate(as_objects(item.get("summary"))):
                    self._whole_part((place, "summary", index), part.get("text"))
                for index, part in enumerate(as_objects(item.get("content"))):
                    self._whole_part((place, "reasoning", index), part.get("text"))
            case "function_call":
                self._start_call(place, item)
                self._end_args(place, item.get("arguments"))
            case "computer_call":
                self._start_call(place, item)
                self._end_args(place, action_of(item))
            case "image_generation_call":
                self._add_image(place, item.get("result"))
            case _:
                self._add_server_tool(place, item)

    def _add_server_tool(self, place: int, item: JsonObject) -> None:
        """Say what a tool of the server's was asked, and what it gave if that is told."""
        if (name := name_of(item)) is None or item.get("status") == "in_progress":
            return
        emitter, id = self._emitter, _id_of(item, place)
        emitter.provider_tool_start(id, name)
        emitter.provider_tool_args(id, args_of(item))
        emitter.provider_tool_end(id)
        if (output := output_of(item, id, name)) is not None:
            emitter.provider_tool_output(output)

    def _add_image(self, place: int, data: object, *, preview: bool = False) -> None:
        if (image := picture(data)) is not None:
            self._emitter.image(image, place, preview=preview)

    def _complete(self, response: ResponseBody, kind: str = "") -> None:
        if response.error or response.status == "failed" or kind == "response.failed":
            raise self._failure(stream_error(response.error or "the answer failed"))
        if response.status == "cancelled":
            message = "the answer was cancelled at the server"
            raise self._failure(ErrorInfo(status=499, message=message, code="cancelled"))
        items = [item for _, item in sorted(self._items.items())]
        output = response.output or items
        # Places in this list need not be those of the stream, so only what is surely new is said.
        known = {call.id for call in self._calls.values()}
        free = max(self._calls, default=0) + 1
        streamed = bool(self._seen or self._items)
        for place, item in enumerate(output):
            if not streamed:
                self._add_item(place, item)
            elif item.get("type") in _CALLS:
                id = item.get("call_id")
                if not (isinstance(id, str) and id in known):
                    self._add_item(free, item)
                    free += 1
        self._finish(response, output)

    def _finish(self, response: ResponseBody, output: list[JsonObject]) -> None:
        details = response.incomplete_details
        reason = _FINISH.get((details.reason if details else None) or "")
        self._emitter.finish(FinishReason.REFUSAL if self._refused else reason)
        if response.usage:
            counts = _count_tools(output) | reported_tools(response.usage)
            self._emitter.usage(
                usage_totals(response.usage),
                provider_tool_usage=tool_usage(counts),
                raw=response.usage,
            )
        raw = [{k: v for k, v in item.items() if v is not None} for item in output]
        self._name_calls(raw)
        self._emitter.raw_message(cast("Jsonable", raw))
        self.done = self.terminal = True

    def _name_calls(self, raw: list[dict[str, object]]) -> None:
        """Give calls in the raw message the ids under which they were shown."""
        calls = [item for item in raw if item.get("type") in _CALLS]
        ids = [call.id for _, call in sorted(self._calls.items()) if call.id is not None]
        if len(calls) == len(ids):
            for item, id in zip(calls, ids, strict=True):
                item["call_id"] = id


def _part_index(event: Event, kind: str) -> int:
    index = event.summary_index if kind == "summary" else event.content_index
    return index or 0


def _id_of(item: JsonObject, place: int) -> str:
    return as_text(item.get("id")) or f"server_tool_{place}"


def _count_tools(output: list[JsonObject]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for item in output:
        if name := SERVER_TOOLS.get(str(item.get("type"))):
            counts[name] = counts.get(name, 0) + 1
    return counts
