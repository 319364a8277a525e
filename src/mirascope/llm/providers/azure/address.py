"""Where a resource's models are.

Azure OpenAI has two surfaces. The v1 one, without a version, has OpenAI's own paths; the older one
has a path for each deployment and a version in the query:
https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle (2026-01). An address of
either kind is taken as people have it: that of the resource, as the portal shows it, or more.
"""

from __future__ import annotations

import os
import re
from urllib.parse import parse_qsl, quote, urlsplit

from mirascope.llm.exceptions import MissingAPIKeyError
from mirascope.llm.providers.openai.models import wire_name

__all__ = [
    "claude_base",
    "inference_base",
    "locate_claude",
    "locate_inference",
    "locate_openai",
    "openai_base",
]

_VERSION = "api-version"
_INFERENCE_VERSION = f"{_VERSION}=2024-05-01-preview"
"""Of the model inference API; it has no later one."""
_DEPLOYMENT = re.compile(r"/deployments/[^/]+$")
_FOUNDRY = ".services.ai.azure.com"


def locate_openai() -> str:
    """Return the address in the environment; see `openai_base`.

    Raises:
        MissingAPIKeyError: There is none.
    """
    endpoint = _endpoint("azure", "AZURE_OPENAI_ENDPOINT", "https://my-resource.openai.azure.com")
    version = os.environ.get("OPENAI_API_VERSION", "").strip()
    if not version or "?" in endpoint or endpoint.rstrip("/").endswith("/v1"):
        return endpoint
    return f"{endpoint}?{_VERSION}={quote(version)}"


def locate_inference() -> str:
    """Return the address in the environment; see `locate_openai`."""
    return _endpoint("azure-foundry", "AZURE_INFERENCE_ENDPOINT", f"https://my-resource{_FOUNDRY}")


def locate_claude() -> str:
    """Return the address in the environment; see `locate_openai`.

    Raises:
        MissingAPIKeyError: There is none.
        ValueError: What there is cannot be a resource's name.
    """
    resource = os.environ.get("ANTHROPIC_FOUNDRY_RESOURCE", "").strip()
    if not resource:
        return _endpoint(
            "azure-foundry:anthropic", "AZURE_INFERENCE_ENDPOINT", f"https://my-resource{_FOUNDRY}"
        )
    if not re.fullmatch(r"[A-Za-z0-9-]+", resource):
        raise ValueError(f"ANTHROPIC_FOUNDRY_RESOURCE has {resource!r}, which names no resource.")
    return f"https://{resource}{_FOUNDRY}"


def _endpoint(provider_id: str, variable: str, example: str) -> str:
    if endpoint := os.environ.get(variable, "").strip():
        return endpoint
    raise MissingAPIKeyError(
        provider_id,
        variable,
        message=f"{provider_id!r} has an address for each resource: set {variable}, to "
        f"{example} say, or pass base_url= to llm.register_provider({provider_id!r}, ...).",
    )


def openai_base(base_url: str, target: str, model: str) -> str:
    """Return the base URL of one request to Azure OpenAI.

    Args:
        base_url: The resource's address, one that ends in ``/openai`` or ``/openai/v1``, or that of
            a deployment. With a version in its query it stands for the older surface.
        target: The request's path.
        model: The deployment.
    """
    address, query = _split(base_url)
    if not urlsplit(address).path:
        address += "/openai"
    if address.endswith("/openai") and _VERSION not in dict(parse_qsl(query)):
        address += "/v1"
    if target not in (
        "/chat/completions",
        "/embeddings",
    ):  # the others have no path for each deployment
        address = _DEPLOYMENT.sub("", address)
    elif address.endswith("/openai"):
        address += f"/deployments/{quote(wire_name(model), safe='')}"
    return _with_query(address, query)


def inference_base(base_url: str, target: str, model: str) -> str:
    """Return the base URL of a request to the model inference API.

    Args:
        base_url: The resource's address, with ``/models`` or without, that of one deployed model,
            or one that ends in ``/v1``, where no version is wanted.
        target: Not looked at.
        model: Not looked at.
    """
    address, query = _split(base_url)
    if not urlsplit(address).path and address.endswith(_FOUNDRY):
        address += "/models"
    if not address.endswith("/v1") and _VERSION not in dict(parse_qsl(query)):
        query = "&".join(filter(None, (query, _INFERENCE_VERSION)))
    return _with_query(address, query)


def claude_base(base_url: str, target: str, model: str) -> str:
    """Return the base URL of a request to Claude, from the resource's address or below it."""
    address, query = _split(base_url)
    if not urlsplit(address).path.removesuffix("/models"):
        address = f"{address.removesuffix('/models')}/anthropic"
    return _with_query(address, query)


def _split(base_url: str) -> tuple[str, str]:
    address, _, query = base_url.partition("?")
    return address.rstrip("/"), query


def _with_query(address: str, query: str) -> str:
    return f"{address}?{query}" if query else address
