"""What models take, as far as anybody knows: data, and what is refused because of it.

What nobody knows is allowed. What a model is known not to take is refused before anything is sent,
since vendors refuse it in words of their own, or drop it and answer all the same. A caller who
knows better says so with the parameter ``capabilities``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from mirascope.llm.exceptions import FeatureNotSupportedError

if TYPE_CHECKING:
    from mirascope.llm.content import UserContentPart
    from mirascope.llm.layering import Request
    from mirascope.llm.messages import Message

__all__ = ["EFFORTS", "Capabilities", "Fact", "Knowledge", "known", "settled"]

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")
"""Every effort there is, from the least on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a model takes and can do; None where nobody knows, and that is allowed."""

    images: bool | None = None
    audio: bool | None = None
    documents: bool | None = None
    video: bool | None = None
    tools: bool | None = None
    json_schema: bool | None = None
    json_object: bool | None = None
    reasoning: bool | None = None
    """Whether it thinks first, as OpenAI's models do that refuse sampling parameters, stop
    sequences and ``max_tokens``."""
    sampling: bool | None = None
    """Whether it takes temperature and top_p, where that does not follow from `reasoning`."""
    efforts: tuple[str, ...] = EFFORTS
    """The reasoning efforts it accepts, in the order of `EFFORTS`."""
    prompt_mode: bool = False
    """Mistral: whether it thinks by a mode of its prompt, and not by an effort."""


_UNKNOWN = Capabilities()
_FIELDS = tuple(one.name for one in fields(Capabilities))

CapabilitiesT = TypeVar("CapabilitiesT", bound=Capabilities)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that is known of some models."""

    models: str = ""
    """A pattern found in their names, in any case; in those of all when empty."""
    unless: str = ""
    """A pattern of names that it is not about all the same; of none when empty."""
    can: Capabilities
    date: str
    """When the source said so: year and month."""
    source: str
    """Who says so, and with which doubts."""

    def holds(self, model_name: str) -> bool:
        """Return whether it is about the model of this name."""
        if re.search(self.models, model_name, re.IGNORECASE) is None:
            return False
        return not self.unless or re.search(self.unless, model_name, re.IGNORECASE) is None


def _nothing(model_name: str) -> Capabilities:
    return _UNKNOWN


@dataclass(frozen=True, eq=False)
class Knowledge:
    """What is known of models, told from their names: call it with one."""

    facts: tuple[Fact, ...] = ()
    """Of each capability, the first fact that says something counts."""
    otherwise: Callable[[str], Capabilities] = field(default=_nothing, repr=False)
    """What is known where no fact says anything."""

    @lru_cache(maxsize=1024)  # noqa: B019 - there are as many of these as vendors, and they stay
    def __call__(self, model_name: str) -> Capabilities:
        """Return what the model of this name can do."""
        said: dict[str, Any] = {}
        for can in self._all_that_hold(model_name):
            for name in _FIELDS:
                value = getattr(can, name)
                if value != getattr(_UNKNOWN, name):
                    said.setdefault(name, value)
        return Capabilities(**said)

    def _all_that_hold(self, model_name: str) -> Iterator[Capabilities]:
        yield from (fact.can for fact in self.facts if fact.holds(model_name))
        yield self.otherwise(model_name)


def known(request: Request, can: CapabilitiesT) -> CapabilitiesT:
    """Return what a model can do: `can`, but for what the caller of `request` says of it."""
    said = request.params.get("capabilities")
    return replace(can, **said) if said else can


_MEDIA = {
    "image": ("images", "Image inputs"),
    "audio": ("audio", "Audio inputs"),
    "document": ("documents", "Document inputs"),
    "video": ("video", "Video inputs"),
}


def settled(request: Request, can: CapabilitiesT) -> CapabilitiesT:
    """Return `known`, once nothing is asked for that the model does not take.

    Raises:
        FeatureNotSupportedError: Something is.
    """
    can = known(request, can)
    for part in _said_by_user(request.messages):
        name, feature = _MEDIA.get(part.type, ("", ""))
        if name and getattr(can, name) is False:
            raise _refused(request, feature, name, f"takes no {name}")
    format = request.format
    if can.json_schema is False and format is not None and format.mode == "strict":
        raise _refused(
            request,
            "formatting_mode:strict",
            "json_schema",
            "has no mode 'strict', which holds an answer to a schema",
        )
    if can.tools is False:
        if format is not None and format.mode == "tool":
            what = "takes no tools, by which the format is asked for; the mode 'json' needs none"
            raise _refused(request, "formatting_mode:tool", "tools", what)
        if request.toolkit.tools_dict:
            raise _refused(request, "Tools", "tools", "takes no tools")
    return can


def _said_by_user(messages: Sequence[Message]) -> Iterator[UserContentPart]:
    """Yield what is in the messages of the user, and in the outputs of tools that are there."""
    for message in messages:
        for part in message.content if message.role == "user" else ():
            yield part
            if part.type == "tool_output":
                yield from part.media


def _refused(request: Request, feature: str, name: str, what: str) -> FeatureNotSupportedError:
    return FeatureNotSupportedError(
        feature,
        request.provider_id,
        request.model_id,
        f"Model '{request.model_id}' {what}, as far as is known. If it does by now, say so: "
        f"llm.Model('{request.model_id}', capabilities={{'{name}': True}}).",
    )
