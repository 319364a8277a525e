"""The seam between the library and a vendor's wire: pure encoders and decoders.

A codec never touches a socket, a clock, the environment or a log. It turns a `Request` into an
`HttpRequest`, and bytes into chunks; the chunks of a whole body and of a stream are the same.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol, TypeAlias

import msgspec

from mirascope.llm.exceptions import FeatureNotSupportedError
from mirascope.llm.formatting import FormattingMode
from mirascope.llm.layering import Request
from mirascope.llm.providers.capabilities import Capabilities
from mirascope.llm.providers.encoding import read_json
from mirascope.llm.responses.chunks import StreamResponseChunk
from mirascope.llm.transport.http import HttpRequest

__all__ = [
    "Codec",
    "Continuation",
    "Decoder",
    "ErrorInfo",
    "Framing",
    "Request",
    "WireEvent",
    "continued_by_turn",
]

WireEvent: TypeAlias = tuple[str, bytes]
"""The event's name, empty where the framing has none, and its payload as it came."""

Continuation: TypeAlias = Literal["prefix", "echo", "turn", "again"]
"""How an answer that broke off can be gone on with: ``prefix``, a request that ends with it is
answered by what follows; ``echo``, likewise, and the answer begins with it; ``turn``, the model is
asked to go on; ``again``, it cannot begin in the middle, and is asked to say the same once more."""


def continued_by_turn(request: Request) -> Continuation:
    """Return how an answer is continued where the wire knows nothing of it.

    What makes a model keep to a format makes it begin at the beginning.
    """
    return "turn" if request.format is None else "again"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorInfo:
    """What a vendor's error says.

    `status` is the HTTP status, or the one that an error inside a 200 stream stands for.
    """

    status: int
    message: str
    code: str | None = None
    retry_after: float | None = None
    """Seconds to wait before the next attempt, where the body says so."""


class _Count(msgspec.Struct):
    """What vendors answer when they count."""

    input_tokens: int | None = None
    total_tokens: int | None = msgspec.field(name="totalTokens", default=None)
    input_tokens_of_aws: int | None = msgspec.field(name="inputTokens", default=None)


_COUNT = msgspec.json.Decoder(_Count)


class Framing(Protocol):
    """Bytes to events. Any cut of the bytes gives the same events."""

    def feed(self, data: bytes) -> list[WireEvent]:
        """Return the events that `data` completes."""
        ...

    def close(self) -> list[WireEvent]:
        """Return what the end of the bytes completes."""
        ...


class Decoder(ABC):
    """Events to chunks: one state machine for one answer."""

    done: bool = False
    """Whether the answer is known to be whole; a stream that ends before is truncated."""
    terminal: bool = False
    """Whether nothing at all can follow, such as after ``[DONE]``; implies `done`."""
    progress: int = 0
    """Counts content, including thoughts that were not asked for and so yield no chunk."""

    @abstractmethod
    def feed(self, event: WireEvent) -> list[StreamResponseChunk]:
        """Return the chunks of one event.

        Raises:
            APIError: The event is an error of the vendor.
            ResponseValidationError: The event is not what the wire promises.
        """

    def close(self) -> list[StreamResponseChunk]:
        """Return the last chunks, at the end of the bytes; called once, also without `done`."""
        return []

    @abstractmethod
    def read(self, body: bytes) -> list[StreamResponseChunk]:
        """Return the chunks of a whole body, for an answer that is not streamed.

        Raises:
            APIError: The body is an error of the vendor.
            ResponseValidationError: It is not what the wire promises.
        """


class Codec(ABC):
    """One wire: how to ask, and how to read the answer."""

    id: ClassVar[str]

    @abstractmethod
    def default_mode(self, request: Request) -> FormattingMode:
        """Return how structured output is asked for when the caller does not say.

        Args:
            request: Its model and its tools may decide.
        """

    def enforces(self, request: Request, schema: Mapping[str, object]) -> bool:
        """Return whether the vendor can hold an answer to `schema`, in the mode ``strict``.

        It is about the schema: that a model knows no such mode is an error of `encode`.
        """
        return True

    def knows(self, model_name: str) -> Capabilities:
        """Return what is known of the model that the vendor calls so; nothing is, as a rule.

        An encoder refuses what such a model does not take; see `capabilities.settled`.
        """
        return Capabilities()

    def continuation(self, request: Request) -> Continuation:
        """Return how an answer to `request` that broke off can be gone on with.

        Args:
            request: What was asked. Most models go on in a turn of their own, and that is what is
                returned here; override it where an answer may be begun by the user.
        """
        return continued_by_turn(request)

    @abstractmethod
    def encode(self, request: Request) -> HttpRequest:
        """Return the request; its URL is a path from the provider's base URL, unsigned.

        Raises:
            FeatureNotSupportedError: The wire or the model cannot carry something in it.
        """

    def encode_rest(self, request: Request, decoder: Decoder) -> HttpRequest | None:
        """Return the request for the rest of an answer whose connection broke.

        Args:
            request: What was asked.
            decoder: Has read what came, and reads the rest.

        Returns:
            The request; None where the vendor does not go on by itself, as is the rule.
        """
        return None

    def encode_count(self, request: Request) -> HttpRequest:
        """Return the request that asks how many tokens another one has.

        Raises:
            FeatureNotSupportedError: The vendor does not count them, as is the rule.
        """
        raise FeatureNotSupportedError(
            "count of tokens",
            request.provider_id,
            request.model_id,
            f"'{request.provider_id}' is not known to count the tokens of a request to "
            f"'{request.model_name}'. Ask for an approximation with local=True, by tiktoken, or "
            "look at the usage of an answer.",
        )

    def decode_count(self, body: bytes) -> int:
        """Return how many tokens the vendor counted.

        Raises:
            ValueError: It does not say.
        """
        try:
            answer = read_json(body, _COUNT)
        except ValueError:
            answer = _Count()
        counts = (answer.input_tokens, answer.total_tokens, answer.input_tokens_of_aws)
        for count in counts:
            if count is not None and count >= 0:
                return count
        raise ValueError("there is no count of tokens in the answer")

    def decode(self, body: bytes, request: Request) -> list[StreamResponseChunk]:
        """Return the chunks of a whole body; see `Decoder.read`."""
        return self.decoder(request).read(body)

    @abstractmethod
    def framing(self) -> Framing:
        """Return a new framing for one stream."""

    @abstractmethod
    def decoder(self, request: Request) -> Decoder:
        """Return a new decoder for one answer.

        Args:
            request: What was asked, for what the answer does not say itself.
        """

    @abstractmethod
    def error(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorInfo:
        """Read an answer with an error status. Nothing that came makes it raise.

        Args:
            status: The status, from 400.
            headers: With names in small letters.
            body: It may be anything: the vendor's JSON, a proxy's page, nothing, a part of these.
        """

    def provider_model_name(self, request: Request) -> str:
        """Return the name recorded on messages, with the API mode where a vendor has several."""
        return request.model_name
