"""What OpenAI's models can do, told from their names.

Only what a model lacks is listed, so that a model nobody here has heard of can do what the newest
can. Sources: https://platform.openai.com/docs/models and the guides on reasoning and structured
outputs (2025-12). Patterns are compiled when first used, for the catalog loads this module.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from mirascope.llm.messages import Message
from mirascope.llm.providers.capabilities import EFFORTS, Capabilities
from mirascope.llm.types.params import ThinkingLevel

__all__ = [
    "EFFORTS",
    "Capabilities",
    "azure_capabilities",
    "bare_capabilities",
    "capabilities",
    "closest_effort",
    "mistral_capabilities",
    "openai_route",
    "scoped_capabilities",
    "unknown_capabilities",
    "wire_name",
    "xai_capabilities",
]

_LEVELS: dict[ThinkingLevel, str] = {
    "none": "none",
    "default": "medium",
    "minimal": "minimal",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "max": "xhigh",
}

_NOT_REASONING = r"chatgpt-4o|gpt-3\.5|gpt-4|gpt-5-chat|gpt-audio|davinci|babbage"
_NO_JSON_SCHEMA = r"chatgpt-4o|gpt-3\.5|gpt-4(-|$)|gpt-4o-2024-05-13|davinci|babbage"
_NO_JSON_OBJECT = r"gpt-4(-0\d{3})?$|.*-search-|davinci|babbage"
_TEXT_ONLY = r"(?!.*audio)(chatgpt-4o|gpt-3\.5|gpt-4|gpt-5|o\d|codex|davinci|babbage)"
_BLIND = (
    r"gpt-3\.5|gpt-4($|-0\d{3}|-32k|-1106|-turbo-preview)|o1-(mini|preview)|o3-mini|davinci|babbage"
)
_NO_IMAGES = rf"{_BLIND}|gpt-audio|gpt-4o(-mini)?-audio"
_NO_TOOLS = r"chatgpt-4o|o1-(mini|preview)|davinci|babbage"
_CHAT_ONLY = r".*-search-(preview|api)|gpt-3\.5-turbo-16k|gpt-audio|gpt-4o(-mini)?-audio"

# The first match counts; whatever matches nothing takes the newest models' efforts.
_EFFORTS_BY_NAME = tuple(
    (pattern, tuple(efforts.split()))
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


@lru_cache(maxsize=256)
def capabilities(model_name: str) -> Capabilities:
    """Return what OpenAI's model of this name can do; for fine-tuned ones, their base."""
    base = model_name.removeprefix("ft:").partition(":")[0]
    reasoning = not re.match(_NOT_REASONING, base)
    efforts = next(efforts for pattern, efforts in _EFFORTS_BY_NAME if re.match(pattern, base))
    return Capabilities(
        reasoning=reasoning,
        efforts=efforts if reasoning else (),
        json_schema=not re.match(_NO_JSON_SCHEMA, base),
        json_object=not re.match(_NO_JSON_OBJECT, base),
        images=not re.match(_NO_IMAGES, base),
        audio=not re.match(_TEXT_ONLY, base),
        documents=False if re.match(_BLIND, base) else None,
        tools=not re.match(_NO_TOOLS, base),
    )


def unknown_capabilities(model_name: str) -> Capabilities:
    """Return that nothing is known, whatever the name."""
    return Capabilities()


def scoped_capabilities(model_name: str) -> Capabilities:
    """Return what a gateway's model can do; it calls OpenAI's ``openai/...``."""
    if model_name.startswith("openai/") and not model_name.startswith("openai/gpt-oss"):
        return capabilities(model_name.removeprefix("openai/").partition(":")[0])
    return Capabilities()


def bare_capabilities(model_name: str) -> Capabilities:
    """Return what a gateway's model can do; it calls OpenAI's by their own names."""
    if re.match(r"gpt-(?!oss)|o\d|chatgpt-", model_name):
        return capabilities(model_name)
    return Capabilities()


def azure_capabilities(model_name: str) -> Capabilities:
    """Return what a deployment can do, if it is called like its model.

    Azure's own name for GPT-3.5 has no dot.
    """
    return bare_capabilities(re.sub(r"^gpt-35", "gpt-3.5", model_name.lower()))


def xai_capabilities(model_name: str) -> Capabilities:
    """Return what xAI's model of this name can do.

    Of the older ones only grok-3-mini takes an effort, and some answer 400 to being given one
    (https://docs.x.ai/docs/guides/reasoning, 2025-12).
    """
    efforts: tuple[str, ...] = ("none", "low", "medium", "high")
    if model_name.startswith("grok-3-mini"):
        efforts = ("low", "high")
    elif re.match(r"grok-(2|3|code|4($|-))", model_name):
        efforts = ()
    return Capabilities(efforts=efforts, json_schema=True, json_object=True, audio=False)


_MISTRAL_NO_EFFORT = (
    r"magistral|ministral|codestral|devstral|pixtral|voxtral|open-|labs-"
    r"|mistral-(tiny|nemo|saba|ocr|large)|mistral-(small|medium)-2[3-5]\d\d"
)
_MISTRAL_NO_SCHEMA = r"codestral-mamba|open-|mistral-tiny"


def mistral_capabilities(model_name: str) -> Capabilities:
    """Return what Mistral's model of this name can do.

    Magistral was made to think, and does so by the mode of its prompt; newer models of other names
    think or do not: https://docs.mistral.ai/capabilities/reasoning (2026-03).
    """
    return Capabilities(
        efforts=() if re.match(_MISTRAL_NO_EFFORT, model_name) else ("none", "high"),
        json_schema=None if re.match(_MISTRAL_NO_SCHEMA, model_name) else True,
        json_object=True,
        prompt_mode=model_name.startswith("magistral"),
    )


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
    return "completions" if scope != "openai" or re.match(_CHAT_ONLY, name) else "responses"
