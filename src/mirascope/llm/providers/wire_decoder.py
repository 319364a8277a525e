"""What the decoders of all wires share."""

from __future__ import annotations

from binascii import a2b_base64
from typing import ClassVar, TypeVar

import msgspec

from mirascope.llm.exceptions import ProviderError, ResponseValidationError
from mirascope.llm.providers.codec import Decoder, ErrorInfo, Request
from mirascope.llm.providers.emitter import Emitter
from mirascope.llm.providers.encoding import include_thoughts, read_json
from mirascope.llm.providers.errors import api_error, page_title

__all__ = ["WireDecoder"]

_T = TypeVar("_T")


class WireDecoder(Decoder):
    """Decodes one answer: `feed` its events, or `read` its whole body."""

    wire_name: ClassVar[str]
    """What messages call the wire, as in "the answer is not what the Messages API promises"."""

    def __init__(self, request: Request) -> None:
        """Start before the first byte of the answer to `request`."""
        self._request = request
        self._emitter = Emitter(include_thoughts=include_thoughts(request.params))

    def _parse(self, data: bytes | memoryview, decoder: msgspec.json.Decoder[_T]) -> _T:
        """Return what `decoder` makes of `data`.

        Raises:
            ResponseValidationError: It is no JSON, or not of the decoder's type.
        """
        try:
            return read_json(data, decoder)
        except ValueError as error:
            page = page_title(bytes(data))
            why = f"the server sent {page}" if page else str(error)
            raise self._invalid(why, error) from error

    def _base64(self, data: str) -> str:
        """Return base64 text in its usual alphabet; some JSON has the one for URLs.

        Raises:
            ResponseValidationError: It is no base64 text.
        """
        text = data.replace("-", "+").replace("_", "/")
        try:
            a2b_base64(text, strict_mode=True)
        except ValueError as error:
            raise self._invalid("an image or sound in it is no base64 text", error) from error
        return text

    def _invalid(self, why: str, error: Exception | None = None) -> ResponseValidationError:
        """Return the error for an answer that breaks the wire's rules."""
        return ResponseValidationError(
            f"The answer is not what {self.wire_name} promises: {why}.",
            self._request.provider_id,
            error,
            model=self._request.model_id,
        )

    def _failure(self, info: ErrorInfo, request_id: str | None = None) -> ProviderError:
        """Return the error that the vendor reports in place of an answer."""
        return api_error(
            info,
            provider=self._request.provider_id,
            model=self._request.model_id,
            request_id=request_id,
        )
