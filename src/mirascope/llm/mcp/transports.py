"""Clients that connect: to a process, or over HTTP."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING, TextIO

import httpx2
from mcp import StdioServerParameters
from mcp.client.sse import sse_client as sse_streams
from mcp.client.stdio import stdio_client as stdio_streams
from mcp.client.streamable_http import streamable_http_client as http_streams
from typing_extensions import Unpack

from mirascope.llm.mcp.client import MCPClient
from mirascope.llm.mcp.connection import Connection, Life, OpenTransport
from mirascope.llm.mcp.options import ConnectionOptions
from mirascope.llm.providers.masks import Mask, secrets_in
from mirascope.llm.transport.http import HttpRequest
from mirascope.llm.types.shown import address_shown

if TYPE_CHECKING:
    from mcp.client._transport import TransportStreams

__all__ = ["sse_client", "stdio_client", "streamable_http_client"]

_CONNECT = 30.0
_SILENCE = 300.0
"""Seconds without a byte after which an answer is given up where no timeout was set."""


@asynccontextmanager
async def stdio_client(
    server_parameters: StdioServerParameters,
    name: str | None = None,
    **options: Unpack[ConnectionOptions],
) -> AsyncGenerator[MCPClient]:
    """Start a server and talk to it over its standard streams.

    Args:
        server_parameters: How it is started. It gets few of this process's environment variables;
            `env` adds some.
        name: What error messages call it; its command without one.
        **options: See `ConnectionOptions`.

    Yields:
        The client. The server is stopped at the end of the block.

    Raises:
        ConnectionError: The server cannot be started, or does not speak the protocol.
    """
    server = f"the MCP server {name or PurePath(server_parameters.command).name!r}"

    def streams(life: Life) -> AbstractAsyncContextManager[TransportStreams]:
        return stdio_streams(server_parameters, _standard_error())

    env = server_parameters.env or {}
    secrets = secrets_in(HttpRequest(url="", headers=env))
    async with _connected(server, streams, options, secrets) as client:
        yield client


@asynccontextmanager
async def streamable_http_client(
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    auth: httpx2.Auth | None = None,
    **options: Unpack[ConnectionOptions],
) -> AsyncGenerator[MCPClient]:
    """Connect to a server over HTTP.

    Args:
        url: Its address, which often ends in ``/mcp``.
        headers: Sent with every request; an ``Authorization``, say.
        auth: What signs every request, as `mcp.client.auth` has for OAuth.
        **options: See `ConnectionOptions`.

    Yields:
        The client. The session ends with the block.

    Raises:
        ConnectionError: The server cannot be reached, refuses, or does not speak the protocol.
    """

    @asynccontextmanager
    async def streams(life: Life) -> AsyncGenerator[TransportStreams]:
        timeout = httpx2.Timeout(_CONNECT, read=_silence(options))
        async with (
            httpx2.AsyncClient(
                headers=dict(headers or {}),
                auth=auth,
                timeout=timeout,
                event_hooks={"response": [life.look_at]},
            ) as http,
            http_streams(url, http_client=http) as both,
        ):
            yield both

    async with _connected_to(
        HttpRequest(url=url, headers=headers or {}), streams, options
    ) as client:
        yield client


@asynccontextmanager
async def sse_client(
    url: str,
    read_timeout_seconds: timedelta | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    auth: httpx2.Auth | None = None,
    **options: Unpack[ConnectionOptions],
) -> AsyncGenerator[MCPClient]:
    """Connect to a server of the protocol of 2024, HTTP with server-sent events.

    Args:
        url: Where its events are, often ``/sse``.
        read_timeout_seconds: The option `timeout`, by its older name.
        headers: Sent with every request.
        auth: What signs every request.
        **options: See `ConnectionOptions`.

    Yields:
        The client. The connection ends with the block.

    Raises:
        ConnectionError: The server cannot be reached, refuses, or does not speak the protocol.
    """
    if read_timeout_seconds is not None:
        options = {"timeout": read_timeout_seconds.total_seconds(), **options}

    @asynccontextmanager
    async def streams(life: Life) -> AsyncGenerator[TransportStreams]:
        opening = sse_streams(
            url,
            headers=dict(headers or {}),
            timeout=_CONNECT,
            # Between two calls nothing comes, for hours.
            sse_read_timeout=float("inf"),
            auth=auth,
        )
        limit = min(_CONNECT, options.get("timeout") or _CONNECT)
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(limit):
                    both = await stack.enter_async_context(opening)
            except TimeoutError:
                # Or it named one of another server, which is not said.
                raise TimeoutError(f"it named no address for messages in {limit:g} s") from None
            yield both

    async with _connected_to(
        HttpRequest(url=url, headers=headers or {}), streams, options
    ) as client:
        yield client


def _connected_to(
    asked: HttpRequest, streams: OpenTransport, options: ConnectionOptions
) -> AbstractAsyncContextManager[MCPClient]:
    server = f"the MCP server at {address_shown(asked.url)}"
    return _connected(server, streams, options, secrets_in(asked))


@asynccontextmanager
async def _connected(
    server: str, streams: OpenTransport, options: ConnectionOptions, secrets: Iterable[str]
) -> AsyncGenerator[MCPClient]:
    connection = Connection(
        server,
        streams,
        timeout=options.get("timeout"),
        reconnect=options.get("reconnect", False),
        secrets=Mask(secrets),
    )
    client = MCPClient.of(connection, options)
    async with connection:
        yield client


def _silence(options: ConnectionOptions) -> float:
    return max(_SILENCE, options.get("timeout") or 0.0)


def _standard_error() -> TextIO:
    """Return where a server may complain: a file, which a notebook's `sys.stderr` is not."""
    try:
        sys.stderr.fileno()
    except (AttributeError, OSError, ValueError):
        return sys.__stderr__ or sys.stderr
    return sys.stderr
