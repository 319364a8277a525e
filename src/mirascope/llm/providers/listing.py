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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec

from mirascope._wire.json_values import JsonObject, as_object, as_objects, is_list
from mirascope.llm import exceptions as exc
from mirascope.llm.providers.encoding import json_headers, read_json
from mirascope.llm.providers.inquiry import Inquiry
from mirascope.llm.providers.wire_provider import WireProvider
from mirascope.llm.transport.http import HttpRequest
from mirascope.llm.types.timeout import Timeout

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
    return list(_Listing(provider, path, scope, timeout).models())


class _Listing:
    """One reading of a list."""

    def __init__(self, provider: WireProvider, path: str, scope: str, timeout: float) -> None:
        self._provider = provider
        self._path = path
        self._scope = scope
        self._timeout = timeout
        self._begun = time.monotonic()
        self._codec = provider.row.route(f"{scope}model", ())
        self._left = MAX_BODY

    def models(self) -> Iterator[RemoteModel]:
        """Yield the models of every page.

        Raises:
            ProviderError: The vendor refused, or sent what is no list.
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
        path = self._path
        if cursor is not None:
            path += f"{'&' if '?' in path else '?'}{urlencode([cursor])}"
        versions = {"anthropic_version": "2023-06-01"} if self._codec.id == "anthropic" else {}
        headers = json_headers({}, **versions)
        del headers["content-type"]
        inquiry = Inquiry(
            HttpRequest(url=path, headers=headers, method="GET"),
            _read,
            self._codec.error,
            what="list of models",
            provider_id=self._provider.id,
            limits=Timeout(connect=self._timeout, first_content=None, total=self._timeout),
            max_body=self._left,
            begun=self._begun,
        )
        page = self._provider.ask(inquiry)
        self._left -= inquiry.size
        return page

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

    def _invalid(self, what: str) -> exc.ResponseValidationError:
        return exc.ResponseValidationError(f"{self._provider.id}: {what}.", self._provider.id)


def _read(body: bytes, headers: Mapping[str, str]) -> object:
    try:
        return read_json(body, _ANY)
    except ValueError:
        raise ValueError("the server sent something else in place of a list of models") from None


def _answers(entry: JsonObject) -> bool:
    """Return whether a model can be asked; of Google's, some only embed, and say so."""
    methods = entry.get("supportedGenerationMethods")
    return not is_list(methods) or "generateContent" in methods


def _context(entry: JsonObject) -> int | None:
    sizes = (entry.get(key) for key in _CONTEXT)
    return next((n for n in sizes if isinstance(n, int) and n is not True and n > 0), None)
