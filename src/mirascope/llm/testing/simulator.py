"""Models without a network or a key: real requests in, the vendors' own wire formats out."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol, Self
from urllib.parse import urlsplit

import msgspec

from mirascope._wire.json_values import JsonObject, as_object, is_object
from mirascope.llm.testing.conversation import TurnRequest, tokens, turn_request
from mirascope.llm.testing.delivery import deliver, refuse
from mirascope.llm.testing.draft import Draft
from mirascope.llm.testing.faults import Status
from mirascope.llm.testing.script import Script, ScriptedTurn, Turn
from mirascope.llm.testing.vectors import DIMENSIONS, vector_of
from mirascope.llm.transport.memory import MemoryReply, MemoryTransport
from mirascope.llm.transport.override import overriding
from mirascope.llm.types.refusals import require
from mirascope.llm.wires import WIRES, Asked, Incoming, InvalidRequest, Wire, wire_for
from mirascope.llm.wires.counting import count_asked
from mirascope.llm.wires.embeddings import EmbeddingWire, embedding_wire_for

__all__ = ["IncomingRequest", "RecordedRequest", "Simulator", "simulate"]

_SECRET = frozenset(
    {
        "api-key",
        "authorization",
        "cookie",
        "proxy-authorization",
        "x-amz-security-token",
        "x-api-key",
        "x-goog-api-key",
    }
)
_PATHS = (
    "/v1/chat/completions, /v1/responses, /v1/messages, /v1beta/models/{model}:generateContent, "
    "/v2/chat, /model/{model}/converse, /model/{model}/invoke, and to the embeddings of each"
)


class IncomingRequest(Protocol):
    """What the simulator needs of an HTTP request; `transport.http.HttpRequest` has it."""

    @property
    def method(self) -> str:
        """The HTTP method."""
        ...

    @property
    def url(self) -> str:
        """The whole address, or only its path and query."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers."""
        ...

    @property
    def body(self) -> bytes:
        """The body."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRequest:
    """A request that the simulator answered."""

    wire: str
    """``chat``, ``responses``, ``messages``, ``generate_content``, ``cohere``, ``converse``
    or ``invoke``; ``embeddings`` for texts to embed, ``count`` for tokens to count."""
    model: str
    method: str
    path: str
    """Without the query, which may hold a key."""
    stream: bool
    body: JsonObject = field(repr=False)
    """Decoded JSON."""
    headers: Mapping[str, str] = field(repr=False)
    """Names in lower case; keys and the like are masked."""


class _Kept(NamedTuple):
    """An answer that goes on when its connection breaks."""

    wire: Wire
    asked: Asked
    draft: Draft
    turn: Turn
    number: int


class Simulator:
    """Answers the requests of any provider in that provider's wire format.

    While it is entered, every provider asks it instead of the network, and needs no key. It may be
    asked from any number of threads and tasks; turns of a script go to requests in the order in
    which these arrive.

    Attributes:
        requests: What was asked so far, in order.
    """

    def __init__(
        self,
        script: Iterable[ScriptedTurn] | None = None,
        *,
        chunk_size: int | None = None,
        delay: float | None = None,
        split_bytes: int | None = None,
    ) -> None:
        self.requests: list[RecordedRequest] = []
        self._script = None if script is None else Script(script)
        self._defaults = Turn(chunk_size=chunk_size, delay=delay, split_bytes=split_bytes)
        self._lock = threading.Lock()
        self._answers = 0
        self._kept: dict[str, _Kept] = {}
        self._entered: list[AbstractContextManager[object]] = []

    def __enter__(self) -> Self:
        entered = overriding(MemoryTransport(self.handle))
        entered.__enter__()
        self._entered.append(entered)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._entered.pop().__exit__(None, None, None)

    def handle(self, request: IncomingRequest) -> MemoryReply:
        """Return the answer to an HTTP request; nothing is sent, and no time passes.

        Raises:
            ScriptExhausted: The script has no turn left.
        """
        address = urlsplit(request.url)
        if request.method == "GET" and (rest := self._rest_of_kept(request)) is not None:
            return rest
        try:
            # Not `json`, which takes half surrogate pairs, infinity and NaN for values.
            body: object = msgspec.json.decode(request.body) if request.body else None
        except (ValueError, RecursionError):
            body = None
        incoming = Incoming(path=address.path, query=address.query, body=as_object(body))
        if request.method == "POST" and (vectors := embedding_wire_for(incoming)) is not None:
            return self._embed(vectors, request, incoming)
        if request.method == "POST" and (counted := self._count(request, incoming)) is not None:
            return counted
        wire = wire_for(address.path)
        if wire is None or request.method != "POST":
            return _not_found(request.method, address.path)
        with self._lock:
            self._answers += 1
            number = self._answers
        try:
            if not is_object(body):
                raise InvalidRequest("We could not parse the JSON body of your request.")
            asked = wire.read(incoming)
            question = turn_request(asked)
            with self._lock:
                self._record(request, incoming, asked)
                scripted = self._defaults if self._script is None else self._script.next(question)
            turn = self._complete(scripted, question)
            draft = _draft(turn, question, number)
            if (id := wire.kept_as(asked, number)) is not None:
                self._kept[id] = _Kept(wire, asked, draft, replace(turn, fault=None), number)
            return deliver(wire, asked, draft, turn, number)
        except InvalidRequest as error:
            nothing = Asked(wire=wire.name, model="")
            return refuse(wire, nothing, Status(400, message=str(error)), number)

    def _embed(
        self, wire: EmbeddingWire, request: IncomingRequest, incoming: Incoming
    ) -> MemoryReply:
        """Return the vectors of the texts in a request, which takes no turn of the script."""
        try:
            texts = wire.read(incoming)
        except InvalidRequest as error:
            return self._refused(wire.name, str(error))
        with self._lock:
            self._record(request, incoming, Asked(wire="embeddings", model=texts.model))
        size = texts.dimensions or DIMENSIONS
        count = sum(len(tokens(text)) for text in texts.texts)
        body = wire.written([vector_of(text, size) for text in texts.texts], count, texts)
        return _said(body)

    def _count(self, request: IncomingRequest, incoming: Incoming) -> MemoryReply | None:
        """Return how many tokens a question has, which takes no turn; None if nobody asks that.

        They are as many as the usage of its answer says.
        """
        wire = None
        try:
            counted = count_asked(incoming)
            wire = None if counted is None else wire_for(counted.question.path)
            if counted is None or wire is None:
                return None
            asked = wire.read(counted.question)
        except InvalidRequest as error:
            return self._refused("messages" if wire is None else wire.name, str(error))
        with self._lock:
            self._record(request, incoming, replace(asked, wire="count"))
        count = turn_request(asked).input_tokens
        return _said(json.dumps({counted.field: count}).encode())

    def _refused(self, name: str, message: str) -> MemoryReply:
        """Return the error, in the words of the wire of that name."""
        wire = next(wire for wire in WIRES if wire.name == name)
        return refuse(wire, Asked(wire=name, model=""), Status(400, message=message), 1)

    def _rest_of_kept(self, request: IncomingRequest) -> MemoryReply | None:
        """Return the rest of an answer that is kept; it has no fault."""
        address = urlsplit(request.url)
        incoming = Incoming(path=address.path, query=address.query, body={})
        for wire in WIRES:
            if (again := wire.asked_again(incoming)) is not None:
                id, left_out = again
                if (kept := self._kept.get(id)) is None:
                    return None
                with self._lock:
                    self._record(request, incoming, kept.asked)
                return deliver(*kept, left_out)
        return None

    def _complete(self, scripted: ScriptedTurn, request: TurnRequest) -> Turn:
        """Return the turn, with this simulator's settings where it has none of its own."""
        said = scripted(request) if callable(scripted) else scripted
        turn = Turn(text=said) if isinstance(said, str) else said
        require("A turn of a script", turn, Turn, "a text or a Turn")
        ours = self._defaults
        return replace(
            turn,
            chunk_size=turn.chunk_size or ours.chunk_size,
            delay=ours.delay if turn.delay is None else turn.delay,
            split_bytes=turn.split_bytes or ours.split_bytes,
        )

    def _record(self, request: IncomingRequest, incoming: Incoming, asked: Asked) -> None:
        headers = {name.lower(): value for name, value in request.headers.items()}
        recorded = RecordedRequest(
            wire=asked.wire,
            model=asked.model,
            method=request.method,
            path=incoming.path,
            stream=asked.stream,
            body=incoming.body,
            headers={name: "***" if name in _SECRET else headers[name] for name in headers},
        )
        self.requests.append(recorded)


def simulate(
    script: Iterable[ScriptedTurn] | None = None,
    *,
    chunk_size: int | None = None,
    delay: float | None = None,
    split_bytes: int | None = None,
) -> Simulator:
    """Let a simulated model answer every provider's requests within a `with` block.

    It takes no key and no network, but the real road: the request is encoded for the vendor, and
    the answer comes in the vendor's own wire format.

    Args:
        script: What to say, a turn a request. Without one the model is patient: it echoes the
            question, calls each tool once and then answers, and fills in what a format asks for.
        chunk_size: Characters a delta, for turns that do not say; None for a word a delta.
        delay: Seconds before each delta, for turns that do not say.
        split_bytes: Deliver bodies in pieces of so many bytes, for turns that do not say.

    Returns:
        The simulator, to be entered; its `requests` are what it was asked.
    """
    return Simulator(script, chunk_size=chunk_size, delay=delay, split_bytes=split_bytes)


def _draft(turn: Turn, request: TurnRequest, number: int) -> Draft:
    try:
        return turn.draft(request, number)
    except ValueError as error:
        raise InvalidRequest(f"Invalid schema: {error}.") from error


def _said(body: bytes) -> MemoryReply:
    return MemoryReply(headers={"content-type": "application/json"}, chunks=[body])


def _not_found(method: str, path: str) -> MemoryReply:
    if path == "/" and method == "GET":
        status, text = 200, f"This is Mirascope's simulator. It answers POST to {_PATHS}."
    else:
        status, text = 404, f"The simulator does not know {method} {path}, only POST to {_PATHS}."
    error = {"error": {"message": text, "type": "not_found_error", "code": status}}
    content = {"message": text} if status == 200 else error
    headers = {"content-type": "application/json"}
    return MemoryReply(status=status, headers=headers, chunks=[json.dumps(content).encode()])
