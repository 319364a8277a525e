"""Sessions with a server: one that somebody else opened, or one of our own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TypeAlias, TypeVar, cast

import anyio
import httpx2
from mcp import Client, ClientSession, MCPError
from mcp.client import Transport
from mcp.shared.message import SessionMessage
from mcp.types import CONNECTION_CLOSED, PARSE_ERROR, REQUEST_TIMEOUT
from pydantic import ValidationError

from mirascope.llm.exceptions import ConnectionError, ResponseValidationError, TimeoutError
from mirascope.llm.providers.masks import Mask, hide
from mirascope.llm.types.error_text import told

if TYPE_CHECKING:
    from mcp.client._transport import ReadStream, TransportStreams

__all__ = ["Connection", "GivenSession", "Life", "OpenTransport", "Sessions"]

_T = TypeVar("_T")
_PROVIDER = "mcp"
_CAUSE = 1.0
"""Seconds to wait for the reason of a loss: a server that has to be killed takes longer."""
_SHORT = 10_000
"""Bytes of an error that are worth reading."""
_CLOSING = 10.0
"""Seconds that a connection has to end: more than the bounded steps in which a process is stopped
take together."""


class Sessions(Protocol):
    """Where the session for a request comes from."""

    @property
    def session(self) -> ClientSession:
        """Return the session of now."""
        ...

    async def ask(self, what: str, send: Callable[[ClientSession], Awaitable[_T]]) -> _T:
        """Return what `send` returns, given a session.

        Args:
            what: The request, for error messages.
            send: Sends it; called a second time only if a server did not look at it.

        Raises:
            ConnectionError: The connection is lost.
            TimeoutError: The server did not answer in time; it was told to stop.
            ResponseValidationError: The answer is not what the protocol has.
            anyio.ClosedResourceError: The connection was closed on this side.
            mcp.MCPError: The server answers with an error.
        """
        ...


class GivenSession:
    """A session that somebody else opened, and closes."""

    def __init__(self, session: ClientSession) -> None:
        self.session = session

    async def ask(self, what: str, send: Callable[[ClientSession], Awaitable[_T]]) -> _T:
        """Send a request; see `Sessions`."""
        try:
            return await _sent(send, self.session)
        except MCPError as error:
            if _is_goodbye(error):
                raise anyio.ClosedResourceError(
                    f"{what}: the session with the MCP server is closed."
                ) from error
            raise _late(error, what, "the MCP server") or error from error
        except _NotTheProtocol as error:
            problem = error.told(what, "the MCP server")
        raise problem  # here, where what came is not its context


class Life:
    """One connection, from its beginning to its end."""

    def __init__(self) -> None:
        self.opened: asyncio.Future[ClientSession] = asyncio.get_running_loop().create_future()
        self.stop = asyncio.Event()
        self.over = False
        self.cause: BaseException | None = None
        self.status: int | None = None
        """The last HTTP status of an error, which the session does not tell."""
        self.forgotten = False
        """Whether the server does not know the session any more, as after a restart."""
        self.task: asyncio.Task[None] | None = None

    async def look_at(self, response: httpx2.Response) -> None:
        """Note what an HTTP server answered."""
        if response.status_code >= 400 and response.request.method == "POST":
            self.status = response.status_code
            # https://modelcontextprotocol.io/specification/2025-11-25/basic/transports (2026-11-21)
            # wants 404; its own reference server answers 400.
            if "mcp-session-id" in response.request.headers and (
                response.status_code == 404
                or (response.status_code == 400 and await _mentions_a_session(response))
            ):
                self.forgotten = True


async def _mentions_a_session(response: httpx2.Response) -> bool:
    size = response.headers.get("content-length", "")
    if not size.isdecimal() or int(size) > _SHORT:
        return False
    return b"session" in (await response.aread()).lower()


OpenTransport: TypeAlias = Callable[[Life], AbstractAsyncContextManager["TransportStreams"]]


class Connection:
    """A connection of our own, which may be made anew.

    Each one lives in a task: the streams of a transport are to be closed by the task that opened
    them, which no caller of a tool is, and what fails in the background has to end the connection
    and not the caller's block.
    """

    def __init__(
        self,
        server: str,
        transport: OpenTransport,
        *,
        timeout: float | None,
        reconnect: bool,
        secrets: Mask,
    ) -> None:
        """Prepare to connect.

        Args:
            server: What error messages call it; without credentials.
            transport: Opens the way to it.
            timeout: Seconds for each answer; None for no limit.
            reconnect: Whether a lost connection is made anew by the next request.
            secrets: Takes what the server is told in confidence out of what it says.
        """
        self._server = server
        self._transport = transport
        self._timeout = timeout
        self._reconnect = reconnect
        self._secrets = secrets
        self._lock = asyncio.Lock()
        self._closed = False
        self._life: Life | None = None

    async def __aenter__(self) -> Self:
        with self._hiding():
            self._life = await self._begin()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closed = True
        await _end(self._lived)

    @property
    def _lived(self) -> Life:
        return cast("Life", self._life)  # there is one from `__aenter__` on

    @property
    def session(self) -> ClientSession:
        """Return the session of now, which is closed if the connection is lost."""
        return self._lived.opened.result()

    async def ask(self, what: str, send: Callable[[ClientSession], Awaitable[_T]]) -> _T:
        """Send a request; see `Sessions`."""
        with self._hiding():
            try:
                return await self._answered(what, send)
            except _NotTheProtocol as error:
                problem = error.told(what, self._server)
            raise problem  # here, where what came is not its context

    @contextmanager
    def _hiding(self) -> Generator[None]:
        """Raise what is raised in the block without the secrets that the server was told."""
        try:
            yield
        except Exception as error:
            hide(error, self._secrets)
            if isinstance(error, MCPError):  # which says it twice
                said = error.error
                shown = None if self._secrets.finds(repr(said.data)) else said.data
                update = {"message": self._secrets(said.message), "data": shown}
                error.error = said.model_copy(update=update)
            raise

    async def _answered(self, what: str, send: Callable[[ClientSession], Awaitable[_T]]) -> _T:
        life = await self._alive(what)
        try:
            return await _sent(send, life.opened.result())
        except MCPError as error:
            if life.forgotten:
                if not self._reconnect:
                    raise self._forgotten(what) from error
            else:
                raise await self._explained(error, life, what) or error from error
        life = await self._alive(what)
        try:
            return await _sent(send, life.opened.result())
        except MCPError as error:
            raise await self._explained(error, life, what) or error from error

    async def _alive(self, what: str) -> Life:
        async with self._lock:
            if self._closed:
                raise anyio.ClosedResourceError(
                    f"{what}: the connection to {self._server} is closed. Tools of an MCP server "
                    "work inside the block of their client."
                )
            life = self._lived
            if not life.over and not life.forgotten:
                return life
            if not self._reconnect:
                raise self._forgotten(what) if life.forgotten else self._lost(what, life)
            await _end(life)
            self._life = await self._begin()
            return self._life

    async def _begin(self) -> Life:
        life = Life()
        life.task = asyncio.create_task(self._live(life))
        try:
            await life.opened
        except Exception as error:
            await _end(life)
            failure = error
        except BaseException:
            await _end(life)
            raise
        else:
            return life
        cause = _fit_to_show(failure)
        # Here, where one that is not fit to show is not its context.
        raise ConnectionError(
            f"Cannot connect to {self._server}: {_problem(failure, life)}.", _PROVIDER, cause
        ) from cause

    async def _live(self, life: Life) -> None:
        try:
            transport = cast("Transport", _watched(self._transport(life), life))
            async with Client(transport, read_timeout_seconds=self._timeout, cache=None) as client:
                life.opened.set_result(client.session)
                await life.stop.wait()
        except BaseException as error:
            # Nobody awaits this task, so what ended it is told to whoever asks next.
            life.cause = error
            if not life.opened.done():
                failed = error if isinstance(error, Exception) else anyio.ClosedResourceError()
                life.opened.set_exception(failed)
        finally:
            life.over = True

    async def _explained(self, error: MCPError, life: Life, what: str) -> Exception | None:
        if _is_goodbye(error) and (life.over or self._closed):
            if self._closed:
                return anyio.ClosedResourceError(
                    f"{what}: the connection to {self._server} was closed meanwhile."
                )
            if life.task is not None:  # which knows why as soon as it has ended
                await asyncio.wait({life.task}, timeout=_CAUSE)
            return self._lost(what, life)
        if late := _late(error, what, self._server):
            return late
        if life.status is not None and error.message == "Server returned an error response":
            return ConnectionError(
                f"{what}: {self._server} answers with HTTP {life.status}.", _PROVIDER, error
            )
        return None

    def _lost(self, what: str, life: Life) -> ConnectionError:
        cause = life.cause if isinstance(life.cause, Exception) else None
        problem = f": {_problem(cause, life)}" if cause is not None else ""
        return ConnectionError(
            f"{what}: the connection to {self._server} is lost{problem}. If it ran, its result is "
            f"not known. {self._advice()}",
            _PROVIDER,
            cause and _fit_to_show(cause),
        )

    def _forgotten(self, what: str) -> ConnectionError:
        return ConnectionError(
            f"{what}: {self._server} does not know the session any more, as after a restart, and "
            f"did nothing. {self._advice()}",
            _PROVIDER,
        )

    def _advice(self) -> str:
        if self._reconnect:
            return "The next request connects again."
        return "Connect again, or pass reconnect=True."


class _NotTheProtocol(Exception):
    """An answer is not what the protocol has; its text says where, and not what came."""

    def told(self, what: str, server: str) -> ResponseValidationError:
        """Return it as callers see it."""
        return ResponseValidationError(
            f"{what}: {server} answered what the protocol does not have{self}.", _PROVIDER
        )


async def _sent(send: Callable[[ClientSession], Awaitable[_T]], session: ClientSession) -> _T:
    try:
        return await send(session)
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, wrong["loc"]))
        raise _NotTheProtocol(f": {place}: {wrong['msg']}") from error
    except MCPError as error:
        if _is_garbled(error):
            raise _NotTheProtocol from error
        raise


def _is_garbled(error: BaseException) -> bool:
    """Say whether an answer could not be read; the session's text of that has all that came."""
    return (
        isinstance(error, MCPError)
        and error.code == PARSE_ERROR
        and error.message.startswith("Failed to parse ")
    )


async def _end(life: Life) -> None:
    life.stop.set()
    task = life.task
    if task is None:
        return
    with anyio.CancelScope(shield=True):  # or the server's process would be left behind
        _, unfinished = await asyncio.wait({task}, timeout=_CLOSING)
        if unfinished:
            task.cancel()
            await asyncio.wait({task}, timeout=_CLOSING)


@asynccontextmanager
async def _watched(
    transport: AbstractAsyncContextManager[TransportStreams], life: Life
) -> AsyncGenerator[TransportStreams]:
    async with transport as (read, write):
        yield _Watched(read, life), write


class _Watched:
    """A stream of messages whose end is noticed, for a session does not tell."""

    def __init__(self, stream: ReadStream[SessionMessage | Exception], life: Life) -> None:
        self._stream = stream
        self._life = life

    @property
    def last_context(self) -> object:
        """Return the context of whoever sent the last message, which sessions look for."""
        return getattr(self._stream, "last_context", None)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        try:
            return await self._stream.__anext__()
        except BaseException:
            self._life.over = True
            self._life.stop.set()
            raise

    async def receive(self) -> SessionMessage | Exception:
        """Return the next message."""
        return await self._stream.receive()

    async def aclose(self) -> None:
        """Close the stream."""
        await self._stream.aclose()

    async def __aenter__(self) -> Self:
        await self._stream.__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> bool | None:
        return await self._stream.__aexit__(exc_type, exc_val, exc_tb)


def _late(error: MCPError, what: str, server: str) -> TimeoutError | None:
    # Servers use this number too, for errors of their own.
    if error.code != REQUEST_TIMEOUT or not error.message.endswith("timed out"):
        return None
    return TimeoutError(f"{what}: {server} did not answer in time.", _PROVIDER, error)


def _is_goodbye(error: MCPError) -> bool:
    """Say whether the connection is closed; the number is also any error of a server's own."""
    return error.code == CONNECTION_CLOSED and error.message == "Connection closed"


def _problem(error: BaseException, life: Life) -> str:
    """Return what went wrong, without the address, which may hold a key."""
    error = _innermost(error)
    if isinstance(error, httpx2.HTTPStatusError):
        return f"it answers with HTTP {error.response.status_code}"
    if isinstance(error, MCPError) and error.message == "Server returned an error response":
        return f"it answers with HTTP {life.status}"
    if isinstance(error, MCPError) and _is_goodbye(error):
        return "it closed the connection"
    if _is_garbled(error):
        return "it answers what the protocol does not have"
    return told(error).rstrip(".")


def _fit_to_show(error: Exception) -> Exception | None:
    """Return an error as a cause, but for one whose text has the address, or what came."""
    inner = _innermost(error)
    if isinstance(inner, httpx2.HTTPStatusError) or not isinstance(inner, Exception):
        return None
    if _is_garbled(inner):
        return None
    return inner


def _innermost(error: BaseException) -> BaseException:
    """Return the one error that a group was made of."""
    while isinstance(error, BaseExceptionGroup):
        error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
    return error
