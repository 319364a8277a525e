"""What OpenAI's models can do, told from their names.

Only what a model lacks is listed, so that a model nobody here has heard of gets the newest
features. Sources: https://platform.openai.com/docs/models and the guides on reasoning and
structured outputs (2025-12).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mirascope.llm.messages import Message
from mirascope.llm.types.params import ThinkingLevel

__all__ = [
    "EFFORTS",
    "ModelFeatures",
    "bare_openai_features",
    "closest_effort",
    "openai_features",
    "openai_route",
    "routed_openai_features",
    "unknown_features",
    "wire_name",
    "xai_features",
]

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")
"""Every effort there is, from the least on."""

_LEVELS: dict[ThinkingLevel, str] = {
    "none": "none",
    "default": "medium",
    "minimal": "minimal",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "max": "xhigh",
}

_NOT_REASONING = re.compile(r"chatgpt-4o|gpt-3\.5|gpt-4|gpt-5-chat|gpt-audio|davinci|babbage")
_NO_JSON_SCHEMA = re.compile(r"chatgpt-4o|gpt-3\.5|gpt-4(-|$)|gpt-4o-2024-05-13|davinci|babbage")
_NO_JSON_OBJECT = re.compile(r"gpt-4(-0\d{3})?$|.*-search-|davinci|babbage")
_TEXT_ONLY = re.compile(r"(?!.*audio)(chatgpt-4o|gpt-3\.5|gpt-4|gpt-5|o\d|codex|davinci|babbage)")
_CHAT_ONLY = re.compile(
    r".*-search-(preview|api)|gpt-3\.5-turbo-16k|gpt-audio|gpt-4o(-mini)?-audio"
)

# The first match counts; whatever matches nothing takes the newest models' efforts.
_EFFORTS_BY_NAME = tuple(
    (re.compile(pattern), tuple(efforts.split()))
    for pattern, efforts in (
        (r"o1-(mini|preview)", ""),
        (r"o\d.*-deep-research", "medium"),
        (r"o\d|codex-mini", "low medium high"),
        (r"gpt-5-pro", "high"),
        (r"gpt-5-codex", "low medium high"),
        (r"gpt-5($|-)", "minimal low medium high"),
        (r"gpt-5\.\d+-chat", "medium"),
        (r"gpt-5\.\d+-pro", "medium high xhigh"),
        (r"gpt-5\.1-codex(?!-max)", "low medium high"),
        (r"gpt-5\.\d+-codex", "low medium high xhigh"),
        (r"gpt-5\.1", "none low medium high"),
        (r"", "none low medium high xhigh"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFeatures:
    """What a model can do; None where nobody knows."""

    reasoning: bool | None = None
    """Whether it thinks first; such models refuse sampling parameters and stop sequences."""
    efforts: tuple[str, ...] = EFFORTS
    """The reasoning efforts it accepts, in the order of `EFFORTS`."""
    json_schema: bool | None = None
    json_object: bool | None = None
    audio: bool | None = None


def openai_features(name: str) -> ModelFeatures:
    """Return what OpenAI's model of this name can do; for fine-tuned ones, their base."""
    base = name.removeprefix("ft:").partition(":")[0]
    reasoning = not _NOT_REASONING.match(base)
    efforts = next(efforts for pattern, efforts in _EFFORTS_BY_NAME if pattern.match(base))
    return ModelFeatures(
        reasoning=reasoning,
        efforts=efforts if reasoning else (),
        json_schema=not _NO_JSON_SCHEMA.match(base),
        json_object=not _NO_JSON_OBJECT.match(base),
        audio=not _TEXT_ONLY.match(base),
    )


def unknown_features(name: str) -> ModelFeatures:
    """Return that nothing is known, whatever the name."""
    return ModelFeatures()


def routed_openai_features(name: str) -> ModelFeatures:
    """Return the features of a gateway's model; it calls OpenAI's ``openai/...``."""
    if name.startswith("openai/") and not name.startswith("openai/gpt-oss"):
        return openai_features(name.removeprefix("openai/").partition(":")[0])
    return ModelFeatures()


def bare_openai_features(name: str) -> ModelFeatures:
    """Return the features of a gateway's model; it calls OpenAI's by their own names."""
    if re.match(r"gpt-(?!oss)|o\d|chatgpt-", name):
        return openai_features(name)
    return ModelFeatures()


def xai_features(name: str) -> ModelFeatures:
    """Return what xAI's model of this name can do.

    Of the older ones only grok-3-mini takes an effort, and some answer 400 to being given one
    (https://docs.x.ai/docs/guides/reasoning, 2025-12).
    """
    efforts: tuple[str, ...] = ("none", "low", "medium", "high")
    if name.startswith("grok-3-mini"):
        efforts = ("low", "high")
    elif re.match(r"grok-(2|3|code|4($|-))", name):
        efforts = ()
    return ModelFeatures(efforts=efforts, json_schema=True, json_object=True, audio=False)


def closest_effort(level: ThinkingLevel, efforts: Sequence[str]) -> str | None:
    """Return the least accepted effort that is not below `level`, or else the most there is."""
    wanted = EFFORTS.index(_LEVELS[level])
    accepted = [effort for effort in EFFORTS if effort in efforts]
    enough = [effort for effort in accepted if EFFORTS.index(effort) >= wanted]
    return next(iter(enough or accepted[-1:]), None)


def wire_name(model_name: str) -> str:
    """Return the name without the suffix that chooses the API."""
    return model_name.removesuffix(":responses").removesuffix(":completions")


def openai_route(model_id: str, messages: Sequence[Message]) -> Literal["completions", "responses"]:
    """Return which API a question goes to.

    A suffix of the model id decides; otherwise what only one API can do: audio, and some models.
    Everything else of OpenAI's own goes to Responses. Other scopes, which are other servers, go to
    Chat Completions, which all of them have.
    """
    if model_id.endswith(":completions"):
        return "completions"
    if model_id.endswith(":responses"):
        return "responses"
    if any(
        part.type == "audio"
        for message in messages
        if message.role == "user"
        for part in message.content
    ):
        return "completions"
    scope, _, name = model_id.partition("/")
    return "completions" if scope != "openai" or _CHAT_ONLY.match(name) else "responses"
