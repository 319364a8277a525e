"""A provider that speaks one of our wires: a row of the catalog, bound to a key and a transport."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING, Protocol, TypeVar
from urllib.parse import urlsplit

from mirascope.llm.exceptions import FeatureNotSupportedError, MissingAPIKeyError
from mirascope.llm.providers.base import BaseProvider
from mirascope.llm.providers.catalog import ProviderRow
from mirascope.llm.providers.codec import Codec, Continuation, Decoder, Request
from mirascope.llm.providers.exchange import Exchange
from mirascope.llm.providers.inquiry import Inquiry, ask, ask_async
from mirascope.llm.providers.masks import secrets_in, secrets_in_url
from mirascope.llm.providers.prepare import prepare
from mirascope.llm.providers.signers import Signer, bearer
from mirascope.llm.providers.wire_source import AsyncWireSource, WireSource
from mirascope.llm.transport.default import AnyTransport, transport_for
from mirascope.llm.transport.http import HttpRequest
from mirascope.llm.transport.override import override
from mirascope.llm.types import NoneType
from mirascope.llm.types.params import Params
from mirascope.llm.types.refusals import require
from mirascope.llm.types.timeout import Timeout

if TYPE_CHECKING:
    from mirascope.llm.providers.embedding import EmbeddingCodec

__all__ = ["WireProvider", "joined"]

T = TypeVar("T")

_ENDPOINTS = ("/chat/completions", "/responses", "/messages", "/embeddings")

_logger = logging.getLogger(__name__)


class WireProvider(BaseProvider):
    """A vendor to talk to; safe to share between threads, tasks and event loops.

    The key and base URL are read from the environment at the first request, unless given.
    """

    def __init__(
        self,
        row: ProviderRow,
        *,
        api_key: str | None = None,
        credentials: object = None,
        base_url: str | None = None,
        http_client: object = None,
        timeout: Timeout | float | None = None,
        key_from_env: bool = True,
    ) -> None:
        """Bind a row.

        Args:
            row: Whom to talk to, and how.
            api_key: Instead of the one in the environment.
            credentials: In place of a key; see `register_provider`.
            base_url: Instead of the vendor's.
            http_client: See `register_provider`.
            timeout: Limits for calls that name none of their own.
            key_from_env: Whether the vendor's key may be taken from the environment; not for an
                address that has nothing to do with the vendor.

        Raises:
            ValueError: `base_url` is empty, or is the address of one endpoint; or the vendor takes
                no credentials but a key.
            TypeError: `base_url` or `api_key` is no text, or `credentials` nothing that the vendor
                takes.
        """
        require("api_key", api_key, (str, NoneType))
        require("base_url", base_url, (str, NoneType), "an address, as text")
        if base_url is not None:
            _require_base(base_url)
        self.row = row
        self._key_from_env = key_from_env and credentials is None
        self.id: str = row.id
        self.default_scope: str | Sequence[str] = list(row.scopes)
        self._api_key = api_key
        self._base_url = base_url
        self._timeout = Timeout.of(timeout) or Timeout()
        self._last_signer: tuple[str | None, bool, Signer] | None = None
        self._making_signer = threading.Lock()
        self._given: Signer | None = None
        if credentials is not None:
            self._given = _signer_of(row, credentials, api_key)
        self._transport: AnyTransport = transport_for(http_client)

    def __repr__(self) -> str:
        return f"<provider {self.id!r}>"

    # --- the request

    def model_name(self, model_id: str) -> str:
        """Return the vendor's name of a model: the id without its scope."""
        if self.row.strip == "first_segment":
            name = model_id.partition("/")[2] or model_id
            return name.removesuffix(":responses").removesuffix(":completions")
        scope = next((scope for scope in self.row.scopes if model_id.startswith(scope)), "")
        return model_id[len(scope) :]

    def prepare(self, request: Request) -> Request:
        """Return the request in this vendor's terms; see `BaseProvider.prepare`."""
        codec = self._codec(request)
        named = replace(request, provider_id=self.id, model_name=self.model_name(request.model_id))
        return prepare(named, codec.default_mode, codec.enforces)

    def continuation(self, request: Request) -> Continuation:
        """Return how an answer that broke off is gone on with; see `BaseProvider.continuation`."""
        return self._codec(request).continuation(request)

    def provider_model_name(self, request: Request) -> str:
        """Return the name recorded on messages, with the API mode where a vendor has several."""
        return self._codec(request).provider_model_name(request)

    def _codec(self, request: Request) -> Codec:
        return self.row.route(request.model_id, request.messages)

    @property
    def transport(self) -> AnyTransport:
        """What requests go through now: the simulator's, within its block."""
        return override() or self._transport

    # --- the answer

    def open(self, request: Request) -> WireSource:
        """Return the answer's source; nothing is sent before it is read.

        Raises:
            FeatureNotSupportedError: The wire or the model cannot carry something in the request.
        """
        exchange, limits = self._exchange(request)
        return WireSource(exchange, self._sender(exchange), limits.connect, self.transport)

    def open_async(self, request: Request) -> AsyncWireSource:
        """Return the answer's source; see `open`."""
        exchange, limits = self._exchange(request)
        return AsyncWireSource(exchange, self._sender(exchange), limits.connect, self.transport)

    def _sender(self, exchange: Exchange) -> _Sender:
        return _Sender(self, exchange.request.model_name, exchange)

    def _exchange(self, request: Request) -> tuple[Exchange, Timeout]:
        codec = self._codec(request)
        resumption = request.resumption
        begun: Decoder | None = None if resumption is None else resumption.begun
        http_request = None if begun is None else codec.encode_rest(request, begun)
        if http_request is None:
            http_request, begun = codec.encode(request), None
        # In one order, whatever a codec looks at first: sampling, then thinking.
        for skipped in sorted(dict.fromkeys(request.warnings), key=_is_of_thinking):
            _logger.warning(
                "Skipping unsupported parameter: %s (provider: %s, model: %s)",
                skipped,
                self.id,
                request.model_id,
            )
        limits = self.limits(request.params)
        exchange = Exchange(
            codec=codec, request=request, http_request=http_request, limits=limits, begun=begun
        )
        return exchange, limits

    # --- what is no conversation

    def ask(self, inquiry: Inquiry[T], model_name: str = "") -> T:
        """Return what the answer to an inquiry says.

        Args:
            inquiry: What to ask.
            model_name: The vendor's name of the model that it is about, if it is about one.

        Raises:
            MissingAPIKeyError: The vendor wants a key and none is known.
            ProviderError: What went wrong at the vendor or on the way.
        """
        return ask(inquiry, _Sender(self, model_name, inquiry), self.transport)

    async def ask_async(self, inquiry: Inquiry[T], model_name: str = "") -> T:
        """Return what the answer says, asynchronously; see `ask`."""
        return await ask_async(inquiry, _Sender(self, model_name, inquiry), self.transport)

    def embeddings(self, model_id: str) -> tuple[str, EmbeddingCodec]:
        """Return the vendor's name of a model, and the codec for its embeddings.

        Raises:
            FeatureNotSupportedError: The vendor has none, as far as is known.
        """
        name = self.model_name(model_id)
        codec = None if self.row.embeddings is None else self.row.embeddings(name)
        if codec is None:
            raise FeatureNotSupportedError(
                "embeddings",
                self.id,
                model_id,
                f"'{self.id}' is not known to have embeddings of '{name}'. OpenAI, Google, Cohere, "
                "Mistral, Ollama and most servers that speak OpenAI's wire have some.",
            )
        return name, codec

    def count(self, request: Request) -> Inquiry[int]:
        """Return what asks how many tokens a request has.

        Args:
            request: As `prepare` returns it.

        Raises:
            FeatureNotSupportedError: The vendor does not count, or cannot carry something in it.
        """
        codec = self._codec(request)
        return Inquiry(
            codec.encode_count(request),
            lambda body, headers: codec.decode_count(body),
            codec.error,
            what="count of tokens",
            provider_id=self.id,
            model_id=request.model_id,
            limits=self.limits(request.params),
        )

    def limits(self, params: Params) -> Timeout:
        """Return how long to wait: what a call says, or else what this was bound with."""
        return Timeout.of(params.get("timeout")) or self._timeout

    # --- where and who

    def address(self) -> tuple[str, Signer]:
        """Return the base URL and who signs, as both are at this moment.

        Raises:
            MissingAPIKeyError: The vendor wants a key and none is known.
        """
        row = self.row
        simulated = override() is not None
        base_url = self._base_url or _first_set(row.base_url_env) or self._address_of_host()
        key = self._api_key or (_first_set(row.key_env) if self._key_from_env else None)
        own = not key and row.credentials is not None and self._key_from_env and not simulated
        if not key and row.key_required and not base_url and not simulated:
            raise MissingAPIKeyError(self.id, row.key_env[0])
        unasked = own or (key and not self._api_key)
        if unasked and self._base_url and not _is_private(self._base_url):
            what = f"The key in {row.key_env[0]} is" if key else "The credentials found here are"
            raise MissingAPIKeyError(
                self.id,
                row.key_env[0],
                message=f"{what} not sent to {_origin(self._base_url)}, which is neither encrypted "
                "nor on this machine. If meant for that server, pass "
                f"{'it as api_key=' if key else 'them as credentials='} to "
                "llm.register_provider().",
            )
        if simulated and not key:  # nothing is sent: no account is needed
            return base_url or row.base_url or "https://nowhere.invalid", bearer(None)
        if not base_url:
            base_url = row.locate() if row.locate and not simulated else row.base_url
            base_url = base_url or "https://nowhere.invalid"
        if self._given is not None and not simulated:
            return base_url, self._given
        return base_url, self._signer(key, own)

    def _signer(self, key: str | None, own: bool) -> Signer:
        """Return the signer for a key, the same as last time: it may hold fetched credentials.

        `own` credentials are those that are found here, in place of a key.
        """
        row = self.row
        with self._making_signer:
            last = self._last_signer
            if last is None or last[:2] != (key, own):
                signer = row.credentials(None) if own and row.credentials else row.auth(key)
                last = self._last_signer = key, own, signer
            return last[2]

    def _address_of_host(self) -> str | None:
        host = _first_set(self.row.host_env)
        if host is None:
            return None
        usual = urlsplit(self.row.base_url)
        given = urlsplit(host if "://" in host else f"{usual.scheme}://{host}")
        port = given.port or usual.port
        name = f"[{given.hostname}]" if ":" in (given.hostname or "") else given.hostname
        return f"{given.scheme}://{name}:{port}{given.path.rstrip('/') or usual.path}"

    # --- the end

    def close(self) -> None:
        """Close the pooled connections of synchronous calls; later calls open new ones."""
        self._transport.close()

    async def aclose(self) -> None:
        """Close the connections pooled for the running event loop."""
        await self._transport.aclose()


def _is_of_thinking(skipped: str) -> bool:
    return skipped.startswith("thinking=")


def _signer_of(row: ProviderRow, credentials: object, api_key: str | None) -> Signer:
    """Return the signer for what a user gave in place of a key."""
    if api_key is not None:
        raise ValueError("Both api_key and credentials were given: one of them says who asks.")
    if row.credentials is None:
        raise ValueError(f"{row.id!r} takes no credentials but a key: pass it as api_key.")
    return row.credentials(credentials)


def _require_base(base_url: str) -> None:
    """Raise `ValueError` for what requests cannot be sent below."""
    if not base_url.strip():
        raise ValueError("base_url is empty: leave it out for the vendor's own address.")
    path = base_url.partition("?")[0].rstrip("/")
    if endpoint := next((end for end in _ENDPOINTS if path.endswith(end)), None):
        raise ValueError(
            f"base_url ends in {endpoint}, which each request adds by itself: leave that out, so "
            "that it ends before it, in /v1 as a rule."
        )


class _Told(Protocol):
    """What is told where its request goes."""

    base_url: str | None
    url: str


class _Sender(Signer):
    """Completes one request: address and key, both read at the last moment."""

    def __init__(self, provider: WireProvider, model_name: str, told: _Told) -> None:
        self._provider = provider
        self._model_name = model_name
        self._told = told
        self._signer: Signer | None = None
        self._request: HttpRequest | None = None

    def _addressed(self, request: HttpRequest) -> tuple[HttpRequest, Signer]:
        base_url, self._signer = self._provider.address()
        row = self._provider.row
        if base_url != row.base_url and row.locate is None:  # one that somebody chose
            self._told.base_url = base_url
        if row.base_for is not None:
            base_url = row.base_for(base_url, request.url, self._model_name)
        self._request = replace(request, url=joined(base_url, request.url))
        self._told.url = self._request.url
        return self._request, self._signer

    def sign(self, request: HttpRequest, deadline: float | None = None) -> HttpRequest:
        """Return the request with its whole address and its credentials."""
        request, signer = self._addressed(request)
        self._request = signer.sign(request, deadline)
        return self._request

    async def sign_async(self, request: HttpRequest, deadline: float | None = None) -> HttpRequest:
        """Return the request with its whole address and its credentials."""
        request, signer = self._addressed(request)
        self._request = await signer.sign_async(request, deadline)
        return self._request

    @property
    def secrets(self) -> Iterator[str]:
        """Those of the signer, of the request, and of proxies; none before it was signed."""
        from urllib.request import getproxies  # a fifth of the import, and only needed here

        if self._signer is not None and self._request is not None:
            yield from self._signer.secrets
            yield from secrets_in(self._request)
            for proxy in getproxies().values():
                yield from secrets_in_url(proxy if "://" in proxy else f"//{proxy}")


def _is_private(url: str) -> bool:
    """Return whether what is sent to an address stays between here and there."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme == "https" or host == "localhost" or _is_loopback(host)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name
        return False


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}"


def joined(base_url: str, target: str) -> str:
    """Return the address of `target` below `base_url`, whose query, a gateway's say, is kept.

    `target` may begin with as many ``../`` as it goes up.

    Raises:
        ValueError: `base_url` has a fragment, which servers never see.
    """
    if "#" in base_url:
        raise ValueError("base_url ends in a fragment ('#...'), which is never sent; remove it.")
    base, _, kept = base_url.partition("?")
    while target.startswith("../"):
        base, target = base.rstrip("/").rpartition("/")[0], target[3:]
    path, _, query = f"/{target.lstrip('/')}".partition("?")
    both = "&".join(part for part in (kept, query) if part)
    return base.rstrip("/") + path + (f"?{both}" if both else "")


def _first_set(names: Sequence[str]) -> str | None:
    """Return the first of these environment variables that is set and not empty."""
    return next((os.environ[name] for name in names if os.environ.get(name)), None)
