"""How a request says who asks. What knows the secret also keeps it out of every text.

A signer is an object, not a scheme and a string, since credentials differ in more than a header:
some are signatures over the request, some expire and are fetched anew. It has them, so it is also
what can tell whether a text holds them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import replace

from mirascope.llm.providers.masks import Mask
from mirascope.llm.transport.http import HttpRequest

__all__ = ["HeaderKey", "HeaderKeys", "Signer", "bearer"]


class Signer(ABC):
    """Signs requests with credentials of its own. Safe to use from several threads and tasks."""

    @abstractmethod
    def sign(self, request: HttpRequest, deadline: float | None = None) -> HttpRequest:
        """Return `request` with its credentials; fetches them first where that is needed.

        Credentials that the request carries already are left as they are.

        Args:
            request: What to sign.
            deadline: Until when fetching may take, on the clock of `time.monotonic`.

        Raises:
            DeadlineExceeded: It took longer.
        """

    async def sign_async(self, request: HttpRequest, deadline: float | None = None) -> HttpRequest:
        """Return `request` with its credentials, without blocking; see `sign`."""
        return self.sign(request, deadline)

    @property
    @abstractmethod
    def secrets(self) -> Iterable[str]:
        """The secrets that were used so far, whole."""

    def mask(self, text: str) -> str:
        """Return `text` without any secret, however it may be escaped or encoded there."""
        return Mask(self.secrets)(text)


class HeaderKey(Signer):
    """A key in a header."""

    def __init__(self, key: str | None, header: str, prefix: str = "") -> None:
        """Sign with a key.

        Args:
            key: White space around it is dropped: files and shells like to add a line end. None, or
                nothing but white space, sends no key; many local servers ask for none.
            header: The header that carries it, in lower case.
            prefix: What stands before it there.
        """
        self._key = (key or "").strip()
        self._header = header
        self._prefix = prefix

    def sign(self, request: HttpRequest, deadline: float | None = None) -> HttpRequest:
        """Return `request` with the key, unless it has the header already."""
        if not self._key:
            return request
        value = self._prefix + self._key
        return replace(request, headers={self._header: value, **request.headers})

    @property
    def secrets(self) -> tuple[str, ...]:
        """The key."""
        return (self._key,) if self._key else ()


class HeaderKeys(Signer):
    """A key in several headers, for servers of which one looks here and another there."""

    def __init__(self, *keys: HeaderKey) -> None:
        """Sign with each of `keys`, which are one and the same."""
        self._keys = keys

    def sign(self, request: HttpRequest, deadline: float | None = None) -> HttpRequest:
        """Return the request with the key in each header that it does not have already."""
        for key in self._keys:
            request = key.sign(request)
        return request

    @property
    def secrets(self) -> Iterable[str]:
        """The key."""
        return self._keys[0].secrets


def bearer(key: str | None) -> HeaderKey:
    """Return the signer of most vendors: ``authorization: Bearer <key>``."""
    return HeaderKey(key, "authorization", "Bearer ")
