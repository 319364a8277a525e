"""Which vendors there are, and which models a vendor has."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mirascope.llm.exceptions import FeatureNotSupportedError
from mirascope.llm.providers import ROWS, ProviderRow, WireProvider, get_provider_for_model
from mirascope.llm.providers.capabilities import Capabilities

if TYPE_CHECKING:
    from mirascope.llm.providers.listing import RemoteModel

__all__ = ["KnownProvider", "known", "remote"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownProvider:
    """A vendor that is known by name."""

    id: str
    name: str
    """What people call it."""
    scope: str
    """What the ids of its models begin with."""
    example: str
    """The id of one of its models."""
    wire: str
    """How it is spoken to, as a rule: the id of a codec, such as ``openai-chat``."""
    base_url: str
    """Where it is, if no variable says otherwise; empty where each account has its own."""
    base_url_env: tuple[str, ...]
    """Variables that hold another address."""
    key_env: tuple[str, ...]
    """Variables that hold the key; the first that is set counts."""
    key_required: bool
    has_key: bool
    """Whether one of these was set when it was asked."""
    lists_models: bool
    """Whether `remote` can ask it for its models."""
    capabilities: Capabilities
    """What is known of all its models, those included that nobody here has heard of."""

    def can(self, model_name: str) -> Capabilities:
        """Return what is known of one of its models, by the vendor's own name."""
        row = ROWS[self.id]
        return row.route(f"{self.scope}{model_name}", ()).knows(model_name)


def known() -> tuple[KnownProvider, ...]:
    """Return every vendor that is known by name; the environment is read, nobody is asked."""
    return tuple(_known(row) for row in ROWS.values() if ":" not in row.id)


def _known(row: ProviderRow) -> KnownProvider:
    scope = next(iter(row.scopes), "")
    codec = row.route(f"{scope}model", ())
    return KnownProvider(
        id=row.id,
        name=row.name or row.id,
        scope=scope,
        example=row.example,
        wire=codec.id,
        base_url=row.base_url,
        base_url_env=(*row.base_url_env, *row.host_env),
        key_env=row.key_env,
        key_required=row.key_required,
        has_key=any(os.environ.get(name) for name in row.key_env),
        lists_models=row.models_path is not None,
        capabilities=codec.knows("model"),
    )


def remote(provider: str, *, timeout: float = 30) -> list[RemoteModel]:
    """Return the models that a vendor says it has, in its order.

    It waits for the network; in a coroutine, call it by `asyncio.to_thread`.

    Args:
        provider: The vendor's id, such as ``"groq"``, or the scope of one that was registered.
        timeout: Seconds that all of it may take.

    Raises:
        NoRegisteredProviderError: Nobody is known by that name.
        FeatureNotSupportedError: It has no list, as far as is known.
        MissingAPIKeyError: It wants a key and none is known.
        ProviderError: What went wrong there, or on the way.
    """
    from mirascope.llm.providers.listing import list_models  # few programs ask

    scope = f"{provider.rstrip('/')}/"
    found = get_provider_for_model(f"{scope}model")
    if not isinstance(found, WireProvider):
        raise FeatureNotSupportedError("list of models", found.id)
    return list_models(found, scope=scope, timeout=timeout)
