"""Who asks Vertex AI: an account of Google Cloud, by google-auth, or a key of express mode."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Any, cast

from mirascope._install import needs
from mirascope.llm.exceptions import MissingAPIKeyError
from mirascope.llm.providers.signers import HeaderKey, Signer
from mirascope.llm.providers.tokens import (
    CalledToken,
    Token,
    TokenSigner,
    refused,
    said,
    secrets_held,
    unreachable,
)
from mirascope.llm.providers.vertex.address import (
    MISSING_PROJECT,
    in_project,
    project_here,
    without_project,
)
from mirascope.llm.transport.http import HttpRequest

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["express_key", "google_credentials"]

_ENV = "GOOGLE_APPLICATION_CREDENTIALS"
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"


def express_key(key: str | None) -> Signer:
    """Return the signer for a key of express mode."""
    return _ExpressKey(key, "x-goog-api-key")


def google_credentials(given: object, *, provider_id: str) -> Signer:
    """Return the signer for credentials.

    Args:
        given: Credentials of google-auth, or a function that returns an access token. None for a
            key in ``GOOGLE_API_KEY``, if no project is named, or else for what google-auth finds
            (application default credentials). That order is the one of Google's own SDK.
        provider_id: Whose, for errors.

    Raises:
        TypeError: It is neither.
    """
    if given is None:
        key = os.environ.get("GOOGLE_API_KEY")
        if key and not os.environ.get("GOOGLE_CLOUD_PROJECT"):
            return express_key(key)
        return _GoogleAccount(provider_id)
    if callable(getattr(given, "refresh", None)) and hasattr(given, "token"):
        return _GoogleAccount(provider_id, given)
    if callable(given):
        return _CalledToken(provider_id, cast("Callable[[], object]", given))
    raise TypeError(
        "credentials for Vertex AI are an object of google-auth, or a function that returns an "
        f"access token, not {type(given).__name__}."
    )


class _ExpressKey(HeaderKey):
    """A key, which takes the place of a project and a location."""

    def sign(self, request: HttpRequest, deadline: float | None = None) -> HttpRequest:
        """Return the request with the key, to the address where keys are accepted."""
        return super().sign(replace(request, url=without_project(request.url)))


class _CalledToken(CalledToken):
    """A token of the user's; the project has to be in the environment."""

    def complete(self, request: HttpRequest) -> HttpRequest:
        """Return the request, if its project is known."""
        return _placed(request, None, self.provider_id)


class _GoogleAccount(TokenSigner):
    """Whatever google-auth knows: a person, a service account, a machine, a federation."""

    def __init__(self, provider_id: str, credentials: object = None) -> None:
        """Use `credentials`, or what google-auth finds at the first request."""
        super().__init__(provider_id)
        self._credentials: Any = credentials
        self._project = cast("str | None", getattr(credentials, "project_id", None))

    def fetch(self) -> Token:
        """Return a token, refreshed by google-auth where it is not good any more."""
        with needs("vertex", "Vertex AI asks google-auth for credentials, which is not installed"):
            from google import auth
            from google.auth import credentials as kinds
            from google.auth.transport.requests import Request
        if self._credentials is None:
            self._credentials, self._project = cast("Any", auth).default(scopes=[_SCOPE])
        scoped = cast("Any", kinds).with_scopes_if_required(self._credentials, [_SCOPE])
        credentials = self._credentials = scoped
        if not credentials.valid:
            credentials.refresh(cast("Any", Request)())
        expiry: datetime | None = credentials.expiry  # in UTC, without saying so
        payer: str | None = getattr(credentials, "quota_project_id", None)
        return Token(
            credentials.token,
            expiry.replace(tzinfo=UTC).timestamp() if expiry else None,
            {"x-goog-user-project": payer} if payer else {},
        )

    def explain(self, error: Exception) -> Exception:
        """Return the `llm` error for one of google-auth."""
        if isinstance(error, ImportError):
            return error
        from google.auth import exceptions

        if isinstance(error, exceptions.DefaultCredentialsError):
            return MissingAPIKeyError(
                self.provider_id,
                _ENV,
                message=f"No credentials for {self.provider_id!r} were found ({said(error)}): run "
                f"`gcloud auth application-default login`, set {_ENV} to the file of a service "
                "account, set VERTEX_API_KEY to a key of express mode, or pass credentials= to "
                "llm.register_provider().",
            )
        if isinstance(error, exceptions.TransportError) or getattr(error, "retryable", False):
            return unreachable(self.provider_id, error)
        if isinstance(error, exceptions.GoogleAuthError):
            return refused(self.provider_id, error)
        return error

    @property
    def secrets(self) -> Iterator[str]:
        """The token, and what it is fetched with."""
        yield from super().secrets
        yield from secrets_held(self._credentials)

    def complete(self, request: HttpRequest) -> HttpRequest:
        """Return the request with the project of the credentials, where no other is named."""
        return _placed(request, self._project, self.provider_id)


def _placed(request: HttpRequest, project: str | None, provider_id: str) -> HttpRequest:
    """Return `request` with the project in its address; that of the environment counts first.

    Raises:
        MissingAPIKeyError: No project is known.
    """
    url = in_project(request.url, project_here() or project)
    if url is None:
        raise MissingAPIKeyError(provider_id, "GOOGLE_CLOUD_PROJECT", message=MISSING_PROJECT)
    return replace(request, url=url)
