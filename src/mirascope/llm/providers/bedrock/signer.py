"""Who asks AWS: an API key of Bedrock, or a signature with whatever credentials botocore finds."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from mirascope._install import needs
from mirascope.llm.exceptions import MissingAPIKeyError
from mirascope.llm.providers.fetching import Fetching
from mirascope.llm.providers.signers import Signer, bearer
from mirascope.llm.transport.http import HttpRequest

__all__ = ["KEY_ENV", "AwsSigner", "aws_auth", "bedrock_url"]

_T = TypeVar("_T")

# botocore is an extra, which only who has no key needs, and has no types.

KEY_ENV = "AWS_BEARER_TOKEN_BEDROCK"
_REGION_ENV = ("AWS_REGION", "AWS_DEFAULT_REGION")
_CREDENTIALS_ENV = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
)
_HOST = re.compile(
    r"bedrock-runtime(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:vpce\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws)$"
)
_KEPT = 8
"""How many secrets are remembered: those of the credentials in use, and of those before."""


class _Credentials(Protocol):
    """What botocore finds; its own types are not known to type checkers."""

    access_key: str
    secret_key: str
    token: str | None


class _Source(Protocol):
    def get_frozen_credentials(self) -> _Credentials:
        """Return the credentials, refreshed if need be."""
        ...


@dataclass(frozen=True, slots=True)
class _Brought:
    """What was found, if it is anything."""

    credentials: _Credentials | None


def aws_auth(key: str | None) -> Signer:
    """Return the signer for an API key of Bedrock, or without one."""
    return bearer(key) if key and key.strip() else AwsSigner()


def bedrock_url() -> str:
    """Return the address of Bedrock in the region that is set.

    Raises:
        MissingAPIKeyError: None is.
    """
    region = _region()
    if region is None:
        raise _missing(
            "no region is set: set AWS_REGION, or a region for the profile in ~/.aws/config",
            _REGION_ENV[0],
        )
    if not re.fullmatch(r"[a-z0-9-]+", region):
        raise _missing(f"{region!r} is no region of AWS", _REGION_ENV[0])
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"https://bedrock-runtime.{region}.{domain}"


def _region() -> str | None:
    for name in _REGION_ENV:
        if region := os.environ.get(name):
            return region
    try:
        session = import_module("botocore.session").Session
    except ImportError:  # nothing reads the profile then
        return None
    configured: str | None = _found(lambda: session().get_config_variable("region"))
    return configured


def _missing(why: str, env_var: str = KEY_ENV) -> MissingAPIKeyError:
    return MissingAPIKeyError("bedrock", env_var, message=f"Bedrock cannot be asked: {why}.")


def _found(look: Callable[[], _T]) -> _T:
    """Return what `look` finds, by botocore.

    Raises:
        MissingAPIKeyError: It cannot be had: the profile is not there, the session has expired, the
            role may not be assumed.
    """
    exceptions = import_module("botocore.exceptions")
    try:
        return look()
    except (exceptions.BotoCoreError, exceptions.ClientError) as error:
        raise _missing(str(error).rstrip(".")) from error


class AwsSigner(Signer):
    """Signs with AWS's Signature Version 4, by botocore.

    Credentials are looked for where every tool of AWS does: environment, profile, role, SSO,
    container, machine. They are kept as long as the environment names the same, and botocore
    fetches them anew before they expire.
    """

    def __init__(self) -> None:
        self._source: _Source | None = None
        self._environment: tuple[str | None, ...] = ()
        self._secrets: tuple[str, ...] = ()
        self._fetching: Fetching[_Brought] = Fetching(
            self._find, self._held, what="credentials of AWS", provider_id="bedrock"
        )

    def sign(self, request: HttpRequest, deadline: float | None = None) -> HttpRequest:
        """Return `request` with its signature; see `Signer.sign`.

        What is signed is the address, the body, the content type and the date. A server that is
        not of AWS, such as a gateway, is asked without, where there are no credentials.

        Raises:
            DeadlineExceeded: Fetching the credentials took longer.
            ImportError: botocore is not installed.
            MissingAPIKeyError: No credentials were found, or they could not be fetched, or no
                region is set.
        """
        if "authorization" in request.headers:
            return request
        return self._with_signature(request, self._fetching.wait(deadline))

    async def sign_async(self, request: HttpRequest, deadline: float | None = None) -> HttpRequest:
        """Return `request` with its signature, without blocking; see `sign`."""
        if "authorization" in request.headers:
            return request
        return self._with_signature(request, await self._fetching.wait_async(deadline))

    def _with_signature(
        self, request: HttpRequest, brought: _Brought | BaseException
    ) -> HttpRequest:
        host = urlsplit(request.url).hostname or ""
        of_aws = host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))
        if isinstance(brought, ImportError):
            if of_aws:
                raise brought
            return request
        credentials = _found(lambda: _whole(brought)).credentials
        if credentials is None:
            if of_aws:
                raise _missing(f"no credentials of AWS were found, nor an API key in {KEY_ENV}")
            return request
        found = _HOST.search(host)
        region = found["region"] if found else _region()
        if region is None:
            raise _missing(f"no region is set to sign a request to {host} for: set AWS_REGION")
        return _signed(request, credentials, region)

    def _held(self) -> _Brought | None:
        """Return the credentials, if there are some that need not be fetched."""
        source = self._source
        if source is None or _environment() != self._environment:
            return None
        needs_refresh = getattr(source, "refresh_needed", None)  # of those that expire
        if needs_refresh is not None and needs_refresh():
            return None
        return self._noted(source)

    def _find(self) -> _Brought:
        """Return the credentials as they are now; blocks while botocore fetches them."""
        with needs("bedrock", "Requests to Bedrock are signed by botocore, which is missing"):
            session = import_module("botocore.session").Session
        environment = _environment()
        if self._source is None or environment != self._environment:
            self._source = session().get_credentials()
            self._environment = environment
        return _Brought(None) if self._source is None else self._noted(self._source)

    def _noted(self, source: _Source) -> _Brought:
        """Return the credentials of `source`, and remember what is secret of them."""
        credentials = source.get_frozen_credentials()
        secrets = (credentials.access_key, credentials.secret_key, credentials.token or "")
        known = dict.fromkeys([*filter(None, secrets), *self._secrets])
        self._secrets = tuple(known)[:_KEPT]
        return _Brought(credentials)

    @property
    def secrets(self) -> Iterable[str]:
        """The keys and session tokens that were used last."""
        return self._secrets


def _environment() -> tuple[str | None, ...]:
    return tuple(os.environ.get(name) for name in _CREDENTIALS_ENV)


def _whole(brought: _Brought | BaseException) -> _Brought:
    if isinstance(brought, BaseException):
        raise brought
    return brought


def _signed(request: HttpRequest, credentials: _Credentials, region: str) -> HttpRequest:
    """Return `request` with its signature.

    Few headers are signed, since proxies may change the others.
    """
    kept = {name: request.headers[name] for name in ("content-type",) if name in request.headers}
    signed = import_module("botocore.awsrequest").AWSRequest(
        request.method, request.url, kept, request.body
    )
    import_module("botocore.auth").SigV4Auth(credentials, "bedrock", region).add_auth(signed)
    added = {name.lower(): str(value) for name, value in signed.headers.items()}
    return replace(request, headers={**request.headers, **added})
