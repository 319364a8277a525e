# The SDK is optional: where it is not installed, and where it is and has no types, its names are
# unknown to a type checker. So this module is checked in basic mode.
# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""The old Google SDKs' parameters, for google-genai."""

from __future__ import annotations

from typing import Any

from .genai import GenAIVendor

__all__ = ["legacy_config"]


def legacy_config(vendor: GenAIVendor, params: dict[str, Any]) -> dict[str, Any]:
    """Put the parameters of the old SDKs into google-genai's configuration."""
    config = GenAIVendor.config(vendor, params)
    generation = params.pop("generation_config", None) or {}
    others = {
        name: params.pop(name) for name in ("safety_settings", "tool_config") if name in params
    }
    return {**dict(generation), **others, **config}
