"""Credentials that expire: fetched when needed, kept while they are good, fetched once for all."""

from __future__ import annotations

import inspect
import re
import time
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from mirascope.llm.exceptions import AuthenticationError, ConnectionError
from mirascope.llm.providers.fetching import FETCH_LIMIT, Fetching
from mirascope.llm.providers.masks import Mask, hide, mask_keys
from mirascope.llm.providers.signers import Signer
from mirascope.llm.transport.http import HttpRequest

__all__ = ["CalledToken", "Token", "TokenSigner", "refused", "said", "secrets_held", "unreachable"]

EARLY = 120.0
"""Seconds before its end at which a token is replaced. The vendors' own libraries hand out the same
token until 225 (Google) or 300 (Azure) seconds before, so asking again then brings a new one."""
AGAIN = 15.0
"""Seconds to go on with a token that is still good when it could not be replaced."""
_SIGNED = re.compile(r"(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*")
"""A JSON web token: tokens are such, and what service accounts ask for one with."""
_SECRET = re.compile(r"token|secret|passw|credential")


@dataclass(frozen=True, slots=True)
class Token:
    """What signs requests for a while."""

    value: str = field(repr=False)
    expires_at: float | None = None
    """Seconds since 1970; None for one that is not kept here, since who gave it keeps it."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """What else goes with it, names in lower case."""


class TokenSigner(Signer):
    """Signs with a bearer token that has to be fetched.

    A subclass says how it is fetched, by a library that blocks as a rule: that happens in a thread
    of its own, once for all threads and tasks that wait for it. One that is cancelled or
    interrupted leaves the others their token.
    """

    def __init__(
        self,
        provider_id: str,
        *,
        clock: Callable[[], float] = time.time,
        limit: float = FETCH_LIMIT,
    ) -> None:
        """Fetch nothing yet.

        Args:
            provider_id: Who is asked; for errors.
            clock: The time, in seconds since 1970.
            limit: Seconds to wait for a token; then, whoever asks next has it fetched anew.
        """
        self.provider_id = provider_id
        self._clock = clock
        self._token: Token | None = None
        self._good_until = 0.0
        self._fetching: Fetching[Token] = Fetching(
            self._bring, self._held, what="token", provider_id=provider_id, limit=limit
        )

    # --- what a subclass says

    @abstractmethod
    def fetch(self) -> Token:
        """Return a new token; may block."""

    def explain(self, error: Exception) -> Exception:
        """Return the `llm` error for what `fetch` raised; `error` itself for a user's mistake."""
        return error

    def complete(self, request: HttpRequest) -> HttpRequest:
        """Return `request` with what else only the credentials know, its address say."""
        return request

    # --- signing

    def sign(self, request: HttpRequest, deadline: float | None = None) -> HttpRequest:
        """Return the request with a token, unless it says already who asks; see `Signer.sign`."""
        if "authorization" in request.headers:
            return self.complete(request)
        return self._signed(request, self._whole(self._fetching.wait(deadline)))

    async def sign_async(self, request: HttpRequest, deadline: float | None = None) -> HttpRequest:
        """Return the request with a token, without blocking; see `sign`."""
        if "authorization" in request.headers:
            return self.complete(request)
        return self._signed(request, self._whole(await self._fetching.wait_async(deadline)))

    @property
    def secrets(self) -> Iterable[str]:
        """The token."""
        return (self._token.value,) if self._token else ()

    def _signed(self, request: HttpRequest, token: Token) -> HttpRequest:
        own = {"authorization": f"Bearer {token.value}", **token.headers}
        return self.complete(replace(request, headers={**own, **request.headers}))

    # --- one token for all

    def _held(self) -> Token | None:
        return self._token if self._clock() < self._good_until else None

    def _bring(self) -> Token:
        try:
            return self._keep(self.fetch())
        except BaseException:
            if (kept := self._kept_after_all()) is not None:
                return kept
            raise

    def _keep(self, token: Token) -> Token:
        self._token = token
        if token.expires_at is not None:
            now = self._clock()
            left = token.expires_at - now
            self._good_until = now + left - min(EARLY, left / 2)
        return token

    def _kept_after_all(self) -> Token | None:
        """Return the token that could not be replaced, while it is good."""
        token, now = self._token, self._clock()
        if token is None or token.expires_at is None or token.expires_at <= now:
            return None
        self._good_until = min(now + AGAIN, token.expires_at)
        return token

    def _whole(self, brought: Token | BaseException) -> Token:
        """Return the token.

        Raises:
            Exception: What `explain` makes of what `fetch` raised.
        """
        if isinstance(brought, Token):
            return brought
        if not isinstance(brought, Exception):
            raise brought
        raised = self.explain(brought)  # one for each who waits, as each adds its own traceback
        if raised is brought:
            raise raised
        raise raised from brought


def secrets_held(credentials: object) -> Iterator[str]:
    """Yield the texts in an object of a library that are secrets by their names."""
    for name, value in getattr(credentials, "__dict__", {}).items():
        if isinstance(value, str) and _SECRET.search(name) and "://" not in value:
            yield value


def said(error: Exception, text: str | None = None) -> str:
    """Return what a library's error says in its first line, or else `text`.

    What a token was asked for with, which servers quote, is taken out of the error as well.
    """
    said = re.sub(r"\\[nrt]", " ", repr(error.args))  # a token may stand behind a line end
    hide(error, Mask(_SIGNED.findall(said)))
    text = _SIGNED.sub("***", text) if text else None
    text = text or str(error.args[0] if error.args else error).strip().partition("\n")[0]
    return mask_keys(text.strip()[:300]).rstrip(".:") or type(error).__name__


def refused(provider_id: str, error: Exception, text: str | None = None) -> AuthenticationError:
    """Return the error for credentials that bring no token; see `said`."""
    return AuthenticationError(
        f"The credentials for {provider_id!r} bring no token: {said(error, text)}.",
        provider_id,
        original_exception=error,
    )


def unreachable(provider_id: str, error: Exception) -> ConnectionError:
    """Return the error for a token that could not be asked for; worth another attempt."""
    return ConnectionError(
        f"No token for {provider_id!r} could be asked for: {said(error)}.",
        provider_id,
        original_exception=error,
    )


class CalledToken(TokenSigner):
    """Signs with what a function of the user's returns, which is called for each request."""

    def __init__(self, provider_id: str, function: Callable[[], object]) -> None:
        """Sign with the token that `function` returns; it keeps it as long as it likes."""
        super().__init__(provider_id)
        self._function = function

    def fetch(self) -> Token:
        """Return what the function returns."""
        value = self._function()
        if inspect.iscoroutine(value):
            value.close()
        if not isinstance(value, str) or not value.strip():
            what = "an empty one" if isinstance(value, str) else type(value).__name__
            raise TypeError(
                f"The function given as credentials has to return a token, as text, not {what}."
            )
        return Token(value.strip())
