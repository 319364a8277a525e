"""Who asks Azure: a key, in the headers that each service looks at, or Microsoft Entra ID."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterator
from typing import Any, cast

from mirascope._install import needs
from mirascope.llm.exceptions import MissingAPIKeyError
from mirascope.llm.providers.signers import HeaderKey, HeaderKeys, Signer, bearer
from mirascope.llm.providers.tokens import (
    CalledToken,
    Token,
    TokenSigner,
    refused,
    said,
    secrets_held,
    unreachable,
)

__all__ = ["claude_key", "entra_credentials", "inference_key"]

# https://learn.microsoft.com/azure/ai-foundry/openai/how-to/managed-identity (2026-01); other
# clouds have others, for which a function that returns a token does.
_SCOPE = "https://cognitiveservices.azure.com/.default"
_REFUSED = "AADSTS"
"""Begins the code of every refusal: https://learn.microsoft.com/entra/identity-platform/
reference-error-codes (2026-01). Among default credentials the reason is one line of many."""
_SECRETS_ENV = ("AZURE_CLIENT_SECRET", "AZURE_PASSWORD", "AZURE_CLIENT_CERTIFICATE_PASSWORD")


def inference_key(key: str | None) -> Signer:
    """Return the signer for a key of the model inference API, which is sent as Azure's SDK does."""
    return HeaderKeys(bearer(key), HeaderKey(key, "api-key"))


def claude_key(key: str | None) -> Signer:
    """Return the signer for a key of Claude on Foundry, which is sent as Anthropic's SDK does."""
    return HeaderKeys(HeaderKey(key, "x-api-key"), HeaderKey(key, "api-key"))


def entra_credentials(
    given: object, *, provider_id: str, key_env: str, token_env: str | None = None
) -> Signer:
    """Return the signer for credentials of Microsoft Entra ID.

    Args:
        given: Credentials of azure-identity, or a function that returns a token, such as that of
            ``get_bearer_token_provider``. None for the token in `token_env`, or else for what
            azure-identity's ``DefaultAzureCredential`` finds.
        provider_id: Whose, for errors.
        key_env: The variable that would hold a key, for errors.
        token_env: The variable that may hold a token.

    Raises:
        TypeError: It is neither.
    """
    if given is None and token_env and (token := os.environ.get(token_env)):
        return bearer(token)
    if given is None or callable(getattr(given, "get_token", None)):
        return _Entra(provider_id, key_env, given)
    if callable(given):
        return CalledToken(provider_id, cast("Callable[[], object]", given))
    raise TypeError(
        "credentials for Azure are an object of azure-identity, or a function that returns a "
        f"token, not {type(given).__name__}."
    )


class _Entra(TokenSigner):
    """Whatever azure-identity knows: a person, a service principal, a machine, a workload."""

    def __init__(self, provider_id: str, key_env: str, credential: object) -> None:
        """Use `credential`, or what azure-identity finds at the first request."""
        super().__init__(provider_id)
        self._key_env = key_env
        self._credential: Any = credential
        self._is_default = credential is None

    def fetch(self) -> Token:
        """Return a token, which azure-identity keeps and renews as well."""
        if self._credential is None:
            with needs(
                "azure",
                f"{self.provider_id!r} found no key in {self._key_env}, and asks azure-identity "
                "for credentials, which is not installed",
            ):
                from azure.identity import DefaultAzureCredential
            self._credential = DefaultAzureCredential()
        token = self._credential.get_token(_SCOPE)
        if inspect.iscoroutine(token):
            token.close()
            raise TypeError(
                "The credentials are asynchronous: take those of azure.identity, not of "
                "azure.identity.aio. No event loop waits for them either."
            )
        return Token(token.token, float(token.expires_on))

    def explain(self, error: Exception) -> Exception:
        """Return the `llm` error for one of azure-identity."""
        if isinstance(error, (ImportError, TypeError)):
            return error
        from azure.core.exceptions import (
            AzureError,
            ClientAuthenticationError,
            ServiceRequestError,
            ServiceResponseError,
        )
        from azure.identity import CredentialUnavailableError

        refusal = next((line for line in str(error).splitlines() if _REFUSED in line), None)
        none_found = isinstance(error, ClientAuthenticationError) and refusal is None
        if isinstance(error, CredentialUnavailableError) or (self._is_default and none_found):
            return MissingAPIKeyError(
                self.provider_id,
                self._key_env,
                message=f"No credentials for {self.provider_id!r} were found ({said(error)}): set "
                f"{self._key_env}, run `az login`, set AZURE_TENANT_ID, AZURE_CLIENT_ID and "
                "AZURE_CLIENT_SECRET, or pass credentials= to llm.register_provider().",
            )
        if isinstance(error, (ServiceRequestError, ServiceResponseError)):
            return unreachable(self.provider_id, error)
        return refused(self.provider_id, error, refusal) if isinstance(error, AzureError) else error

    @property
    def secrets(self) -> Iterator[str]:
        """The token, and what it is fetched with where the environment has that."""
        yield from super().secrets
        yield from secrets_held(self._credential)
        for name in _SECRETS_ENV:
            if secret := os.environ.get(name):
                yield secret
