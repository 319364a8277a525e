"""What a model of the vendor can do, told from its name.

Names are read, not listed, so that a model which came out later gets what the newest had. Sources:
https://docs.claude.com/en/docs/build-with-claude/structured-outputs, /extended-thinking,
/adaptive-thinking and /en/docs/about-claude/models/migration-guide (2026-01).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from mirascope.llm.providers import capabilities as general

__all__ = ["Capabilities", "capabilities"]

# Both orders: claude-opus-4-10, claude-sonnet-4-20250514 and claude-3-5-haiku-latest, with the
# separators that other clouds use. Eight digits are a date.
_NAME = re.compile(
    r"claude-(?:(?P<before>[a-z]+)-)?(?:(?P<major>\d{1,2})(?:[-.](?P<minor>\d{1,2}))?(?!\d))?"
)
_OLDEST: tuple[int, int] = (1, 0)
_NEWEST: tuple[int, int] = (99, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities(general.Capabilities):
    """What may be asked of a model; what it lacks is certain only of a Claude."""

    thinking: bool
    """Whether it can think."""
    adaptive: bool
    """Whether it decides itself how much to think: no budget, and no sampling parameters."""
    always_thinks: bool
    """Whether thinking cannot be switched off."""
    one_of_temperature_and_top_p: bool
    """Whether the two exclude each other."""
    prefill: bool
    """Whether a request may end with the beginning of the answer; 400 since 4.6, by "What's new in
    Claude 4.6" (/en/docs/about-claude/models/whats-new-claude-4-6, 2026-02)."""
    computer: str | None = "2025-01-24"
    """The version of the computer that it can use, by the documentation alone:
    https://docs.claude.com/en/docs/agents-and-tools/tool-use/computer-use-tool (2026-02)."""

    @property
    def strict(self) -> bool:
        """Whether schemas are known to be enforced, for answers and for tools."""
        return self.json_schema is True


@lru_cache(maxsize=256)
def capabilities(model_name: str) -> Capabilities:
    """Return what a model can do; one of another vendor, on a compatible server, can do little."""
    match = _NAME.search(model_name)
    if match is None:
        return Capabilities(
            thinking=True,
            adaptive=False,
            always_thinks=False,
            one_of_temperature_and_top_p=False,
            prefill=False,
        )
    family, major, minor = match.group("before", "major", "minor")
    version = (int(major), int(minor or 0)) if major else _NEWEST
    if family == "instant":
        version = _OLDEST
    return Capabilities(
        images=version >= (3, 0),
        tools=version >= (3, 0),
        json_schema=version >= (4, 1),
        thinking=version >= (3, 7),
        adaptive=version >= (4, 7),
        always_thinks=version >= (5, 5) or (family in ("fable", "mythos")),
        one_of_temperature_and_top_p=version >= (4, 1),
        prefill=version < (4, 6),
        computer=_computer(family, version),
    )


def _computer(family: str | None, version: tuple[int, int]) -> str | None:
    if version >= (4, 6) or (version >= (4, 5) and family == "opus"):
        return "2025-11-24"
    return "2025-01-24" if version >= (3, 7) else None
