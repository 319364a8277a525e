"""What a caller may ask of a model besides the messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Required, TypeAlias

from typing_extensions import TypedDict

from mirascope.llm.types.timeout import Timeout

__all__ = ["CapabilityConfig", "Params", "ThinkingConfig", "ThinkingLevel", "ToolChoice"]

ThinkingLevel: TypeAlias = Literal["none", "default", "minimal", "low", "medium", "high", "max"]
"""How much a model should reason before it answers; each provider maps it as closely as it can."""

ToolChoice: TypeAlias = Literal["auto", "none", "required"] | str
"""Whether the model may (``auto``), must not (``none``) or must (``required``) call a tool;
any other string is the name of the one tool it must call."""


class ThinkingConfig(TypedDict, total=False):
    """Reasoning settings."""

    level: Required[ThinkingLevel]
    include_thoughts: bool
    """Whether `Thought` parts reach the response. False by default."""
    encode_thoughts_as_text: bool
    """Whether earlier thoughts are sent back to the model as text. False by default; when True the
    provider's own record of a turn is not reused, so its reasoning caches are lost."""


class CapabilityConfig(TypedDict, total=False):
    """What a model takes, for a caller who knows better than the package does.

    What is left out is as the package knows it. True lets it pass, False refuses it.
    """

    images: bool
    audio: bool
    documents: bool
    video: bool
    tools: bool
    json_schema: bool
    """Whether an answer can be held to a JSON schema: the mode ``strict`` of a format."""
    json_object: bool
    """Whether an answer can be held to be JSON, whatever its shape."""


class Params(TypedDict, total=False):
    """Keyword arguments that every way of calling a model accepts.

    A parameter that the provider has no word for is skipped with a logged warning.
    """

    temperature: float
    """Randomness, usually 0 to 1."""
    max_tokens: int
    """The most tokens the model may generate."""
    top_p: float
    """Nucleus sampling, 0 to 1."""
    top_k: int
    """Sample among the k likeliest tokens."""
    seed: int
    """Best-effort reproducibility."""
    stop_sequences: Sequence[str]
    """Stop when one of these is generated."""
    thinking: ThinkingConfig | None
    """Reasoning settings."""
    capabilities: CapabilityConfig
    """What the model takes, where what the package knows of it is wrong or out of date."""
    tool_choice: ToolChoice
    """Whether, or which, tool the model has to call."""
    timeout: Timeout | float | None
    """Limits in seconds for one request; a bare number limits the whole request."""
    keep_raw: bool
    """Whether the provider's raw stream events are kept on the response. True by default."""
    extra_body: Mapping[str, object]
    """Merged into the request's JSON body: the way to parameters only this vendor has."""
    extra_headers: Mapping[str, str]
    """Added to the request's headers."""
