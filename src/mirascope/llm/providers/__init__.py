"""Providers: who answers for which models, and how they are spoken to."""

from typing import TypeAlias

from mirascope.llm.providers.base import BaseProvider, Provider, ProviderErrorMap
from mirascope.llm.providers.catalog import ROWS, ProviderRow
from mirascope.llm.providers.codec import Codec, Decoder, ErrorInfo, Request
from mirascope.llm.providers.registry import (
    get_provider_for_model,
    register_provider,
    reset_provider_registry,
)
from mirascope.llm.providers.wire_provider import WireProvider

ModelId: TypeAlias = str
"""A provider's scope and its name of a model, such as ``openai/gpt-5-mini``."""

ProviderId: TypeAlias = str
"""The name of a provider, such as ``openai``."""

__all__ = [
    "ROWS",
    "BaseProvider",
    "Codec",
    "Decoder",
    "ErrorInfo",
    "ModelId",
    "Provider",
    "ProviderErrorMap",
    "ProviderId",
    "ProviderRow",
    "Request",
    "WireProvider",
    "get_provider_for_model",
    "register_provider",
    "reset_provider_registry",
]
