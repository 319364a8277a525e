"""What a vendor's own list of models says, page by page.

Lists differ in shape, and servers mix the shapes, so a page is read by what is in it: ``data`` with
``has_more`` and ``last_id`` (OpenAI and its followers; Anthropic), ``models`` with
``nextPageToken`` (Google) or ``next_page_token`` (Cohere), ``result`` with ``result_info``
(Cloudflare), or a bare list (Together, GitHub). https://platform.openai.com/docs/api-reference/models,
https://docs.claude.com/en/api/models-list, https://ai.google.dev/api/models and
https://developers.cloudflare.com/api/resources/ai/subresources/models (2025-12).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

import msgspec

from mirascope._wire.json_values import JsonObject, as_object, as_objects, is_list
from mirascope.llm import exceptions as exc
from mirascope.llm.providers.encoding import json_headers, read_json
from mirascope.llm.providers.errors import api_error, page_title
from mirascope.llm.providers.headers import request_id, retry_after
from mirascope.llm.providers.masks import Mask, hide, secrets_in
from mirascope.llm.providers.signers import Signer
from mirascope.llm.providers.wire_provider import WireProvider, joined
from mirascope.llm.transport.http import ByteStream, DeadlineExceeded, HttpRequest, TransportError

__all__ = ["RemoteModel", "list_models"]

MAX_BODY = 64 * 1024 * 1024
"""How much is read of all pages together, in bytes after unpacking."""
MAX_PAGES = 100

_ANY: msgspec.json.Decoder[object] = msgspec.json.Decoder()
_CONTEXT = (
    *("context_length", "context_window", "context_size", "max_context_length", "max_model_len"),
    *("max_input_tokens", "inputTokenLimit"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteModel:
    """A model that a vendor lists."""

    id: str
    """As a model is named here, such as ``groq/openai/gpt-oss-120b``."""
    context_tokens: int | None = None
    """How many tokens it takes in, where the vendor says so."""


def list_models(provider: WireProvider, *, scope: str, timeout: float) -> list[RemoteModel]:
    """Return the models that a vendor lists, in its order.

    Args:
        provider: Whom to ask.
        scope: What stands before the vendor's names of models.
        timeout: Seconds that all pages together may take.

    Raises:
        FeatureNotSupportedError: The vendor is not known to have a list.
        MissingAPIKeyError: The vendor wants a key and none is known.
        ProviderError: What went wrong at the vendor or on the way.
    """
    path = provider.row.models_path
    if path is None:
        raise exc.FeatureNotSupportedError(
            "list of models",
            provider.id,
            message=f"'{provider.id}' is not known to have a list of its models.",
        )
    listing = _Listing(provider, path, scope, timeout)
    try:
        return list(listing.models())
    except TransportError as error:
        raise listing.masked(listing.on_the_way(error)) from error
    except Exception as error:
        raise listing.masked(error)  # noqa: B904 - the same error


class _Listing:
    """One reading of a list."""

    def __init__(self, provider: WireProvider, path: str, scope: str, timeout: float) -> None:
        self._provider = provider
        self._path = path
        self._scope = scope
        self._timeout = timeout
        self._deadline = time.monotonic() + timeout
        self._codec = provider.row.route(f"{scope}model", ())
        self._signer: Signer | None = None
        self._sent: HttpRequest | None = None
        self._left = MAX_BODY

    def models(self) -> Iterator[RemoteModel]:
        """Yield the models of every page.

        Raises:
            ProviderError: The vendor refused, or sent what is no list.
            TransportError: It was not reached, or not in time.
        """
        cursor: tuple[str, str] | None = None
        seen: set[tuple[str, str]] = set()
        for _ in range(MAX_PAGES):
            page = self._page(cursor)
            yield from self._on_page(page)
            cursor = self._cursor(as_object(page))
            if cursor is None:
                return
            if cursor in seen:
                raise self._invalid("the list of models goes round in a circle")
            seen.add(cursor)
        raise self._invalid(f"the list of models has more than {MAX_PAGES} pages")

    def _page(self, cursor: tuple[str, str] | None) -> object:
        base_url, self._signer = self._provider.address()
        path = self._path
        if cursor is not None:
            path += f"{'&' if '?' in path else '?'}{urlencode([cursor])}"
        versions = {"anthropic_version": "2023-06-01"} if self._codec.id == "anthropic" else {}
        headers = json_headers({}, **versions)
        del headers["content-type"]
        request = HttpRequest(url=_below(base_url, path), headers=headers, method="GET")
        self._sent = request = self._signer.sign(request)
        stream = self._provider.transport.open(
            request, connect=self._timeout, deadline=self._deadline
        )
        try:
            body = self._read(stream)
        finally:
            stream.close()
        if not 200 <= stream.status < 300:
            raise api_error(
                self._codec.error(stream.status, stream.headers, body),
                provider=self._provider.id,
                model=None,
                request_id=request_id(stream.headers),
                retry_after=retry_after(stream.headers),
            )
        try:
            return read_json(body, _ANY)
        except ValueError:
            what = page_title(body) or "something else"
            raise self._invalid(f"the server sent {what} in place of a list of models") from None

    def _read(self, stream: ByteStream) -> bytes:
        pieces: list[bytes] = []
        while data := stream.read(self._deadline):
            self._left -= len(data)
            if self._left < 0:
                raise self._invalid(f"the list of models is larger than {MAX_BODY} bytes")
            pieces.append(data)
        return b"".join(pieces)

    def _on_page(self, page: object) -> Iterator[RemoteModel]:
        entries = page
        if not is_list(page):
            body = as_object(page)
            entries = next(
                (body[k] for k in ("data", "models", "result") if is_list(body.get(k))), None
            )
        if not is_list(entries):
            raise self._invalid("there is no list of models in the answer")
        by_name = "result" in as_object(page)  # the ids of Cloudflare's are for nobody to write
        for entry in as_objects(entries):
            keys = ("name", "id") if by_name else ("id", "name", "model")
            name = next((n for key in keys if isinstance(n := entry.get(key), str) and n), None)
            if name is None or not _answers(entry):
                continue
            if self._codec.id == "google":
                name = name.removeprefix("models/")
            yield RemoteModel(id=f"{self._scope}{name}", context_tokens=_context(entry))

    def _cursor(self, page: JsonObject) -> tuple[str, str] | None:
        """Return what of the query asks for the next page; None after the last one."""
        if isinstance(token := page.get("nextPageToken"), str) and token:
            return "pageToken", token
        if isinstance(token := page.get("next_page_token"), str) and token:
            return "page_token", token
        if page.get("has_more") is True and isinstance(last := page.get("last_id"), str) and last:
            return "after_id" if self._codec.id == "anthropic" else "after", last
        info = as_object(page.get("result_info"))
        number, pages = info.get("page"), info.get("total_pages")
        if isinstance(number, int) and isinstance(pages, int) and number < pages:
            return "page", str(number + 1)
        return None

    # --- what goes wrong

    def on_the_way(self, error: TransportError) -> exc.ProviderError:
        """Return the error that one of the transport is."""
        who = self._provider.id
        if isinstance(error, DeadlineExceeded):
            return exc.TimeoutError(f"{who}: no list of models within {self._timeout:g} s.", who)
        return exc.ConnectionError(f"{who}: {error}.", who)

    def masked(self, error: Exception) -> Exception:
        """Return `error` without any secret in it."""
        secrets = [*(self._signer.secrets if self._signer else ())]
        secrets += secrets_in(self._sent) if self._sent else ()
        hide(error, Mask(secret for secret in secrets if secret not in self._provider.id))
        return error

    def _invalid(self, what: str) -> exc.ResponseValidationError:
        return exc.ResponseValidationError(f"{self._provider.id}: {what}.", self._provider.id)


def _below(base_url: str, path: str) -> str:
    """Return the address of `path`, which may begin with as many ``../`` as it goes up."""
    while path.startswith("../"):
        parts = urlsplit(base_url)
        base_url = urlunsplit(parts._replace(path=parts.path.rstrip("/").rpartition("/")[0]))
        path = path[3:]
    return joined(base_url, f"/{path.lstrip('/')}")


def _answers(entry: JsonObject) -> bool:
    """Return whether a model can be asked; of Google's, some only embed, and say so."""
    methods = entry.get("supportedGenerationMethods")
    return not is_list(methods) or "generateContent" in methods


def _context(entry: JsonObject) -> int | None:
    sizes = (entry.get(key) for key in _CONTEXT)
    return next((n for n in sizes if isinstance(n, int) and n is not True and n > 0), None)
