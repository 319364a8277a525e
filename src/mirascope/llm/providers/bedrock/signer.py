"""Who asks AWS: an API key of Bedrock, or a signature with whatever credentials botocore finds."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib import import_module
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from mirascope._install import needs
from mirascope.llm.exceptions import MissingAPIKeyError
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
        self._lock = threading.Lock()
        self._source: _Source | None = None
        self._environment: tuple[str | None, ...] = ()
        self._secrets: tuple[str, ...] = ()

    def sign(self, request: HttpRequest) -> HttpRequest:
        """Return `request` with its signature; see `Signer.sign`.

        What is signed is the address, the body, the content type and the date. A server that is
        not of AWS, such as a gateway, is asked without, where there are no credentials.

        Raises:
            ImportError: botocore is not installed.
            MissingAPIKeyError: No credentials were found, or they could not be fetched, or no
                region is set.
        """
        if "authorization" in request.headers:
            return request
        host = urlsplit(request.url).hostname or ""
        of_aws = host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))
        try:
            credentials = self._credentials()
        except ImportError:
            if of_aws:
                raise
            return request
        if credentials is None:
            if of_aws:
                raise _missing(f"no credentials of AWS were found, nor an API key in {KEY_ENV}")
            return request
        found = _HOST.search(host)
        region = found["region"] if found else _region()
        if region is None:
            raise _missing(f"no region is set to sign a request to {host} for: set AWS_REGION")
        return _signed(request, credentials, region)

    async def sign_async(self, request: HttpRequest) -> HttpRequest:
        """Return `request` with its signature; fetching credentials may block for seconds."""
        from asyncio import to_thread  # loaded already, where there is a running loop

        return await to_thread(self.sign, request)

    def _credentials(self) -> _Credentials | None:
        """Return the credentials as they are now; None if there are none."""
        with needs("bedrock", "Requests to Bedrock are signed by botocore, which is missing"):
            session = import_module("botocore.session").Session
        environment = tuple(os.environ.get(name) for name in _CREDENTIALS_ENV)
        with self._lock:  # one request asks, the others wait for what it finds
            if self._source is None or environment != self._environment:
                self._source = _found(lambda: session().get_credentials())
                self._environment = environment
            source = self._source
            if source is None:
                return None
            credentials: _Credentials = _found(source.get_frozen_credentials)
            secrets = (credentials.access_key, credentials.secret_key, credentials.token or "")
            known = dict.fromkeys([*filter(None, secrets), *self._secrets])
            self._secrets = tuple(known)[:_KEPT]
        return credentials

    @property
    def secrets(self) -> Iterable[str]:
        """The keys and session tokens that were used last."""
        return self._secrets


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
