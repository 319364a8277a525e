"""What a vendor has to say of itself; everything else is the engine's."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from .assembler import Assembler
from .call_params import convert_params
from .call_response import BaseCallResponse
from .call_response_chunk import BaseCallResponseChunk
from .clients import Clients
from .dialect import Dialect
from .pair_stream import BaseStream
from .tool import BaseTool

__all__ = ["Draft", "Vendor"]


@dataclass(slots=True)
class Draft:
    """A request before the vendor words it.

    Attributes:
        model: The model id.
        messages: The conversation; common messages and the vendor's own.
        params: The call parameters, under the vendor's names; a copy, free to be changed.
        tool_types: The vendor's tool types to offer.
        forced_tool: The name of the tool the model must call.
        json_mode: Whether the vendor's JSON switch is on.
        json_schema: The schema to hold the vendor to, where strict mode is asked for.
        json_name: What to call the schema.
    """

    model: str
    messages: list[Any]
    params: dict[str, Any]
    tool_types: list[type[BaseTool]] = field(default_factory=list[type[BaseTool]])
    forced_tool: str | None = None
    json_mode: bool = False
    json_schema: dict[str, Any] | None = None
    json_name: str = "response"


class Vendor(Dialect):
    """One vendor: its classes, its client, its wording of requests and reading of answers."""

    response_type: ClassVar[type[BaseCallResponse[Any]]]
    chunk_type: ClassVar[type[BaseCallResponseChunk[Any, Any]]]
    stream_type: ClassVar[type[BaseStream[Any, Any]]]

    # Prefixes of the environment variables that configure the default client.
    variables: ClassVar[tuple[str, ...]]
    # The vendor's names of the common parameters; None where it has no such parameter.
    param_names: ClassVar[Mapping[str, str | None]] = {}
    # The vendor's names whose value must be a list.
    list_params: ClassVar[frozenset[str]] = frozenset()
    # The parameter that the common parameters are put in, where there is one.
    params_key: ClassVar[str | None] = None
    default_params: ClassVar[Mapping[str, Any]] = {}
    # The SDK's module, where the names of its asynchronous clients begin with "Async".
    sdk: ClassVar[str | None] = None
    # Whether one client serves both colours.
    both_colours: ClassVar[bool] = False
    strict_schemas: ClassVar[bool] = False
    # Whether a response model can be streamed as a tool call.
    streams_tools: ClassVar[bool] = True

    def __init__(self) -> None:
        """Start without a client, and tell the vendor's classes whose they are."""
        self.clients: Clients = Clients(self.make_client, self.variables, self.async_half)
        for each in (self.response_type, self.chunk_type, self.stream_type):
            setattr(each, "_vendor", self)  # noqa: B010  # they keep it to themselves
        self.tool_type.__provider__ = self.provider

    @abstractmethod
    def make_client(self, is_async: bool) -> Any:
        """Build the default client from the environment."""

    @abstractmethod
    def encode(self, messages: Sequence[Any]) -> list[Any]:
        """Translate common messages; the vendor's own pass through untouched."""

    @abstractmethod
    def request(self, draft: Draft, client: Any) -> tuple[list[Any], dict[str, Any]]:
        """Word a request.

        Args:
            draft: What to ask.
            client: The client it will be sent with.

        Returns:
            The messages, and the SDK's arguments, which hold them.
        """

    def session(self, client: Any, draft: Draft) -> Any:
        """Give what requests are sent with: the client, unless the SDK wants more for each call."""
        return client

    @abstractmethod
    def create(self, client: Any, kwargs: dict[str, Any], *, stream: bool, is_async: bool) -> Any:
        """Ask the SDK; give its response or its stream, or what has to be awaited for it."""

    def stream(self, client: Any, kwargs: dict[str, Any]) -> Generator[Any, None, None]:
        """Send a request and yield the SDK's chunks; closing the generator closes the response."""
        with self.create(client, kwargs, stream=True, is_async=False) as chunks:
            yield from chunks

    async def astream(self, client: Any, kwargs: dict[str, Any]) -> AsyncGenerator[Any, None]:
        """Send a request from asynchronous code and yield the SDK's chunks."""
        async with await self.create(client, kwargs, stream=True, is_async=True) as chunks:
            async for chunk in chunks:
                yield chunk

    def async_half(self, client: Any) -> Any:
        """Give what of an asynchronous client has to be closed."""
        return client

    def is_async_client(self, client: Any) -> bool | None:
        """Tell whether a client is asynchronous; None where its class does not tell."""
        if any(base.__name__.startswith("Async") for base in type(client).__mro__):
            return True
        return False if type(client).__module__.split(".")[0] == self.sdk else None

    def client(self, given: Any, is_async: bool) -> Any:
        """Give the client to use.

        Raises:
            TypeError: If the given client is of the other colour.
        """
        if given is None:
            return self.clients.get(is_async)
        if not self.both_colours and self.is_async_client(given) is (not is_async):
            raise TypeError(
                f"{type(given).__name__} cannot be used in "
                f"{'an asynchronous' if is_async else 'a synchronous'} call: pass the "
                f"{'asynchronous' if is_async else 'synchronous'} client."
            )
        return given

    def params(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Translate call parameters and put the defaults under them."""
        converted = convert_params(given, self.param_names, listed=self.list_params)
        if converted is None:
            return {**self.default_params, **given}
        if self.params_key:
            converted = {self.params_key: converted} if converted else {}
        return {**self.default_params, **converted}

    def new_assembler(self, tool_types: Sequence[type[BaseTool]], partial: bool) -> Assembler:
        """Start a state machine for streamed tool calls."""
        return Assembler(tool_types, self.tool_call, partial)

    def pairs(
        self,
        client: Any,
        kwargs: dict[str, Any],
        tool_types: list[type[BaseTool]] | None,
        partial: bool,
    ) -> Generator[tuple[Any, Any], None, None]:
        """Send a request and yield chunks with the tools they complete."""
        # The generator holds the client: some SDKs close their connections with it.
        items = self.stream(client, kwargs)
        wrap, read = self.chunk_type.wrap, self.read_chunk
        try:
            if not tool_types:
                for item in items:
                    yield wrap(item, read(item)), None
                return
            assembler = self.new_assembler(tool_types, partial)
            for item in items:
                yield from assembler.feed(wrap(item, read(item)))
            yield from assembler.finish()
        finally:
            items.close()

    async def apairs(
        self,
        client: Any,
        kwargs: dict[str, Any],
        tool_types: list[type[BaseTool]] | None,
        partial: bool,
    ) -> AsyncGenerator[tuple[Any, Any], None]:
        """Send a request from asynchronous code and yield chunks with their tools."""
        items = self.astream(client, kwargs)
        wrap, read = self.chunk_type.wrap, self.read_chunk
        try:
            if not tool_types:
                async for item in items:
                    yield wrap(item, read(item)), None
                return
            assembler = self.new_assembler(tool_types, partial)
            async for item in items:
                for pair in assembler.feed(wrap(item, read(item))):
                    yield pair
            for pair in assembler.finish():
                yield pair
        finally:
            await items.aclose()
