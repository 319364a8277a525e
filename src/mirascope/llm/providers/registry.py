"""Who answers for which model ids."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from difflib import get_close_matches

from mirascope.llm.exceptions import NoRegisteredProviderError
from mirascope.llm.layering import Layer, layers_of
from mirascope.llm.providers.base import BaseProvider
from mirascope.llm.providers.catalog import ROWS
from mirascope.llm.providers.wire_provider import WireProvider
from mirascope.llm.types.refusals import require
from mirascope.llm.types.timeout import Timeout

__all__ = ["get_provider_for_model", "register_provider", "reset_provider_registry"]

_by_scope: dict[str, BaseProvider] = {}
_defaults: dict[str, BaseProvider] = {}
_lock = threading.Lock()

# Of rows with the same scope the first has it: the others are asked for by their ids.
_DEFAULT_SCOPES = {scope: row.id for row in reversed(ROWS.values()) for scope in row.scopes}


def register_provider(
    provider: str | BaseProvider,
    scope: str | Sequence[str] | None = None,
    *,
    api_key: str | None = None,
    credentials: object = None,
    base_url: str | None = None,
    http_client: object = None,
    timeout: Timeout | float | None = None,
    layers: Sequence[Layer] | None = None,
) -> BaseProvider:
    """Let a provider answer for all model ids that begin with `scope`.

    The longest matching scope wins; registering a scope again replaces its provider. Vendors with a
    key in the environment need no registration.

    Args:
        provider: A provider's id, such as ``"openai"`` or ``"openai:completions"``, or a provider
            object.
        scope: Prefix or prefixes of model ids, such as ``"my/"``; an empty one matches every id.
            The provider's own scopes when None.
        api_key: Instead of the one in the environment.
        credentials: In place of a key, for the vendors of which docs/providers.md says so: an
            object of their own library (google-auth, azure-identity), or a function that returns a
            token and is called for each request, in a thread. Instead of those that the library
            finds by itself.
        base_url: Instead of the vendor's; a server there needs no key unless you give one. The
            vendor's own key, from the environment, is sent there only if `scope` is the vendor's
            own, as for a proxy in front of it, and the address is encrypted or on this machine; so
            are credentials that are found on this machine.
        http_client: An `httpx` or `httpx2` client to send requests with, `Client` for synchronous
            calls, `AsyncClient` for asynchronous ones, or a pair of both. It stays yours to close.
        timeout: Limits for calls that name none of their own; a bare number limits whole requests.
        layers: What stands around every request to this provider, outermost first; for a provider
            object, in place of its own.

    Returns:
        The provider, also for use with another scope.

    Raises:
        ValueError: There is no provider with this id, `base_url` is empty or the address of one
            endpoint, or the vendor takes no credentials but a key.
        TypeError: Settings were given along with a provider object, or something is not of its
            type: a scope that is no text, say.
    """
    built: BaseProvider
    require("provider", provider, (str, BaseProvider), "the id of one, such as 'openai', or one")
    prefixes = None if scope is None else _prefixes(scope)
    if isinstance(provider, str):
        built = _build(
            provider,
            api_key=api_key,
            credentials=credentials,
            base_url=base_url,
            http_client=http_client,
            timeout=timeout,
            scopes=prefixes,
        )
    elif any(one is not None for one in (api_key, credentials, base_url, http_client, timeout)):
        raise TypeError(
            "api_key, credentials, base_url, http_client and timeout belong to a provider given by "
            "its id; a provider object has its own."
        )
    else:
        built = provider
    if layers is not None:
        built.layers = layers_of(layers)
    if prefixes is None:
        prefixes = _prefixes(built.default_scope)
    with _lock:
        _by_scope.update(dict.fromkeys(prefixes, built))
    return built


def _prefixes(scope: str | Sequence[str]) -> list[str]:
    prefixes = [scope] if isinstance(scope, str) else list(scope)
    for prefix in prefixes:
        if not isinstance(prefix, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # unchecked callers
            raise TypeError(
                f"scope is the beginning of a model id, or several, not {type(prefix).__name__}."
            )
    return prefixes


def _build(
    id: str,
    *,
    api_key: str | None = None,
    credentials: object = None,
    base_url: str | None = None,
    http_client: object = None,
    timeout: Timeout | float | None = None,
    scopes: Sequence[str] | None = None,
) -> WireProvider:
    row = ROWS.get(id)
    if row is None:
        raise ValueError(f"Unknown provider: {id!r}. Known providers: {', '.join(ROWS)}.")
    own = scopes is None or set(scopes) <= set(row.scopes)
    return WireProvider(
        row,
        api_key=api_key,
        credentials=credentials,
        base_url=base_url,
        http_client=http_client,
        timeout=timeout,
        key_from_env=own or base_url is None,
    )


def get_provider_for_model(model_id: str) -> BaseProvider:
    """Return who answers for `model_id`: the longest registered scope, else the vendor's own.

    Raises:
        NoRegisteredProviderError: Nobody does.
    """
    with _lock:
        scope = _longest(model_id, _by_scope)
        if scope is not None:
            return _by_scope[scope]
        scope = _longest(model_id, _DEFAULT_SCOPES)
        if scope is None:
            raise NoRegisteredProviderError(model_id, _meant(model_id))
        if scope not in _defaults:
            _defaults[scope] = _build(_DEFAULT_SCOPES[scope])
        return _defaults[scope]


def _meant(model_id: str) -> str | None:
    """Return the id with the known scope that is spelt most like its own; None without one."""
    scope, slash, name = model_id.partition("/")
    known = [known.rstrip("/") for known in (*_by_scope, *_DEFAULT_SCOPES)]
    close = get_close_matches(scope, known, n=1)
    return f"{close[0]}/{name}" if close and slash else None


def _longest(model_id: str, scopes: dict[str, BaseProvider] | dict[str, str]) -> str | None:
    return max(filter(model_id.startswith, scopes), key=len, default=None)


def reset_provider_registry() -> None:
    """Forget every registration, and the vendors that were set up without one."""
    with _lock:
        _by_scope.clear()
        _defaults.clear()
