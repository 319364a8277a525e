"""What a run may do: how many turns, how long, how much at once, at what cost."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

from typing_extensions import TypedDict

from mirascope.llm.types import NoneType
from mirascope.llm.types.refusals import require, wrong_type

__all__ = ["MAX_TURNS", "RunOptions", "Settings", "StopWhen", "UsageLimits"]

StopWhen: TypeAlias = str | Callable[[Any], object]
"""The name of a tool, or a function of an answer that says whether the run ends with it."""

MAX_TURNS = 50
"""Answers of a run when its caller does not say; a model that calls tools for ever has to end."""

_NUMBER = (int, float, NoneType)


@dataclass(frozen=True, kw_only=True)
class UsageLimits:
    """What a run may use, its first answer included; None is no limit.

    A run that would exceed one raises `RunLimitExceeded` instead of going on. Tokens and cost are
    known when an answer has come, so it is the next request that is not made once as much has been
    used. An answer that calls no tools is returned whatever it used.
    """

    requests: int | None = None
    """Requests to models, those that were made again included."""
    tool_calls: int | None = None
    """Calls that are run; those of one answer are run all or none."""
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None
    """In the currency of ``response.cost``."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            whole = field.name != "cost"
            kinds = (int, NoneType) if whole else _NUMBER
            if not isinstance(value, kinds) or isinstance(value, bool):
                accepted = "a whole number, such as 10" if whole else "a number, such as 0.5"
                raise wrong_type(field.name, accepted, value)
            if value is not None and not (value >= 0 and math.isfinite(value)):
                raise ValueError(f"{field.name} takes a number of 0 or more, not {value}.")


class RunOptions(TypedDict, total=False):
    """How `run` and `run_stream` go on."""

    max_turns: int | None
    """How many answers the model may give, the first one included; 50 when not said, None for any
    number. One more raises `RunLimitExceeded`."""
    tool_timeout: float | None
    """Seconds that a call of a tool may take. The model is told of one that takes longer."""
    parallel: int | None
    """How many calls may run at the same time; 8 when not said, None for any number. With 1, a
    synchronous run calls its tools in the thread of its caller."""
    stop_when: StopWhen | None
    """Ends the run with an answer before its tools are run: the name of a tool that it calls, or a
    function of the answer that says so."""
    limits: UsageLimits | None
    """What the run may use."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The options of a run, checked."""

    max_turns: int | None = MAX_TURNS
    tool_timeout: float | None = None
    parallel: int | None = 8
    stop_when: StopWhen | None = None
    limits: UsageLimits = UsageLimits()

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Settings:
        """Return the settings that a caller gave.

        Raises:
            TypeError: An option is not known, or of a wrong type.
            ValueError: A number is out of its range.
        """
        if unknown := options.keys() - RunOptions.__annotations__:
            raise TypeError(
                f"A run does not know {min(unknown)!r}, only "
                f"{', '.join(RunOptions.__annotations__)}."
            )
        for name in ("max_turns", "parallel"):
            value = options.get(name)
            if not isinstance(value, (int, NoneType)) or isinstance(value, bool):
                raise wrong_type(name, "a whole number, or None for no limit", value)
            if value is not None and value < 1:
                raise ValueError(f"{name} takes a number of 1 or more, not {value}.")
        timeout = options.get("tool_timeout")
        if not isinstance(timeout, _NUMBER) or isinstance(timeout, bool):
            raise wrong_type("tool_timeout", "seconds, such as 30", timeout)
        if timeout is not None and not (timeout > 0 and math.isfinite(timeout)):
            raise ValueError(f"tool_timeout takes seconds, more than 0, not {timeout}.")
        stop = options.get("stop_when")
        if stop is not None and not isinstance(stop, str) and not callable(stop):
            raise wrong_type("stop_when", "the name of a tool, or a function of an answer", stop)
        require("limits", options.get("limits"), (UsageLimits, NoneType), "an llm.UsageLimits")
        given = dict(options)
        if given.get("limits") is None:
            given.pop("limits", None)
        return cls(**given)

    def stops(self, answer: Any) -> bool:
        """Return whether the run ends with an answer, which calls tools."""
        if isinstance(self.stop_when, str):
            return any(call.name == self.stop_when for call in answer.tool_calls)
        return self.stop_when is not None and bool(self.stop_when(answer))
