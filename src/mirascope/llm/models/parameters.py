"""What the parameters of a model take, checked before anything is sent.

Programs that no type checker has seen pass what a vendor would refuse, later and in words of its
own. What is of a wrong type is named by that type and not by value: it may be a key.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import cast, get_args

from mirascope.llm.types.params import CapabilityConfig, Params, ThinkingConfig, ThinkingLevel
from mirascope.llm.types.refusals import described, wrong_type
from mirascope.llm.types.timeout import Timeout

__all__ = ["check_parameters", "unknown_argument"]


def check_parameters(params: Params) -> None:
    """Check names and types; None counts as not given.

    Raises:
        TypeError: A parameter is not known, or of a type that it does not take.
        ValueError: A number is not finite, or ``thinking`` has no level.
    """
    for name, value in params.items():
        if name not in Params.__annotations__:
            raise TypeError(_unknown_parameter(name))
        if value is None:
            continue
        if name == "thinking":
            _check_thinking(value)
            continue
        if name == "capabilities":
            _check_capabilities(value)
            continue
        fits, accepted = _TAKES[name]
        if not fits(value):
            raise wrong_type(name, accepted, value)
        if name == "timeout":
            Timeout.of(params.get("timeout"))  # which knows how long one can wait
        elif isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{name} takes a finite number, not {value}.")


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_timeout(value: object) -> bool:
    return isinstance(value, Timeout) or _is_number(value)


def _is_texts(value: object) -> bool:
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
        return False
    return all(isinstance(item, str) for item in cast("Sequence[object]", value))


def _is_named(value: object) -> bool:
    if not isinstance(value, Mapping):
        return False
    return all(isinstance(name, str) for name in cast("Mapping[object, object]", value))


_TAKES: dict[str, tuple[Callable[[object], bool], str]] = {
    "temperature": (_is_number, "a number, such as 0.5"),
    "max_tokens": (_is_whole, "a whole number, such as 1000"),
    "top_p": (_is_number, "a number, such as 0.9"),
    "top_k": (_is_whole, "a whole number, such as 40"),
    "seed": (_is_whole, "a whole number, such as 7"),
    "stop_sequences": (_is_texts, 'a list of texts, such as ["END"]'),
    "tool_choice": (_is_text, '"auto", "none", "required" or the name of a tool'),
    "timeout": (_is_timeout, "seconds, such as 30, or an llm.Timeout"),
    "keep_raw": (_is_bool, "True or False"),
    "extra_body": (_is_named, 'a dict by name, such as {"logprobs": True}'),
    "extra_headers": (_is_named, 'a dict by name, such as {"x-title": "mine"}'),
}
_LEVELS: tuple[str, ...] = get_args(ThinkingLevel)


def _check_thinking(thinking: object) -> None:
    if not isinstance(thinking, Mapping):
        meant = thinking if isinstance(thinking, str) and thinking in _LEVELS else "medium"
        raise TypeError(
            f"thinking takes a dict with a level: write thinking={{'level': {meant!r}}}, "
            f"not {described(thinking)}."
        )
    given = cast("Mapping[object, object]", thinking)
    level = given.get("level")
    if not isinstance(level, str) or level not in _LEVELS:
        raise ValueError(
            "thinking needs a level, such as {'level': 'medium'}, which is one of "
            f"{', '.join(_LEVELS)}; got {level!r}."
        )
    for name, value in given.items():
        if name not in ThinkingConfig.__annotations__:
            raise TypeError(
                f"thinking has no {name!r}, only {', '.join(ThinkingConfig.__annotations__)}; "
                "what only one vendor has goes into extra_body."
            )
        if name != "level" and not _is_bool(value):
            raise wrong_type(f"thinking[{name!r}]", "True or False", value)


def _check_capabilities(said: object) -> None:
    known = CapabilityConfig.__annotations__
    if not isinstance(said, Mapping):
        raise wrong_type(
            "capabilities", "a dict of what the model takes, such as {'images': True}", said
        )
    for name, value in cast("Mapping[object, object]", said).items():
        if name not in known:
            raise TypeError(f"capabilities has no {name!r}, only {', '.join(known)}.")
        if not _is_bool(value):
            raise wrong_type(f"capabilities[{name!r}]", "True or False", value)


_WHERE_IT_GOES = {
    **dict.fromkeys(
        ("api_key", "base_url", "http_client", "client"),
        'It belongs to the provider: llm.register_provider("openai", {name}=...).',
    ),
    **dict.fromkeys(
        ("response_model", "response_format", "output_type", "output_parser", "schema"),
        "Say what to answer in with format=... when you ask, or in llm.call(..., format=...).",
    ),
    "stream": "Streaming is another method: .stream(...) in place of .call(...).",
    **dict.fromkeys(
        ("tools", "format"), "It is said when you ask, or in llm.call(..., {name}=...)."
    ),
    **dict.fromkeys(
        ("messages", "system", "system_prompt", "prompt"),
        "What is said is passed when you ask: model.call([llm.messages.system(...), ...]).",
    ),
    **dict.fromkeys(("headers", "default_headers"), "Headers go into extra_headers."),
    **dict.fromkeys(("stop",), "It is called stop_sequences."),
    **dict.fromkeys(
        ("reasoning_effort", "reasoning"), 'It is called thinking, as in {{"level": "high"}}.'
    ),
    **dict.fromkeys(("max_completion_tokens", "max_output_tokens"), "It is called max_tokens."),
}


def unknown_argument(name: str) -> TypeError:
    """Return the error for what is not taken where a model is asked."""
    hint = _hint(name)
    if hint is None:
        hint = (
            "Tools and format are given here, and layers and parameters such as temperature=0; "
            "parameters that only one vendor has go into extra_body."
        )
    return TypeError(f"Unknown argument {name!r}. {hint}")


def _hint(name: str) -> str | None:
    """Return where something goes that is known under this name elsewhere."""
    hint = _WHERE_IT_GOES.get(name)
    return None if hint is None else hint.format(name=name)


def _unknown_parameter(name: str) -> str:
    hint = _hint(name)
    if hint is None:
        close = get_close_matches(name, Params.__annotations__, n=1)
        meant = f"Did you mean {close[0]!r}? " if close else ""
        hint = f"{meant}Parameters that only one vendor has go into extra_body."
    return f"Unknown parameter {name!r}. {hint}"
