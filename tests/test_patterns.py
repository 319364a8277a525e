"""No text makes a regular expression of the package take more than time in proportion to it.

What servers, models and templates send goes through them, so a quadratic one is a way to stop an
event loop. All of them are found in the source and tried with texts made from their own parts.
"""

from __future__ import annotations

import ast
import importlib
import re
import types
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, cast

import pytest

from .imports import SRC, module_names
from .linear import LINEAR, cpu_time, growth

# What `re` itself reads a pattern with; it has no types.
codes: Any = importlib.import_module("re._constants")
parser: Any = importlib.import_module("re._parser")

SIZE = 2000
"""Characters of the shorter text; a quadratic pattern takes some tens of milliseconds for four
times as many, a linear one some tenths of one."""
SUSPECT = 0.001
"""Seconds of CPU for the longer text, below which no growth can be measured nor matters."""
USES = ("match", "fullmatch", "search", "sub", "subn", "findall", "finditer", "split")
AT_THE_START = ("match", "fullmatch")


def patterns() -> Iterator[tuple[str, re.Pattern[Any], bool]]:
    """Yield where each pattern is, itself, and whether it is tried at one place only."""
    for name, path in module_names(SRC).items():
        source = path.read_text("utf-8")
        if not re.search(r"^import re$", source, re.MULTILINE):
            continue
        values = vars(importlib.import_module(name))
        used = set(re.findall(rf"\b(\w+)\.({'|'.join(USES)})\(", source))
        for variable, value in values.items():
            methods = {method for of, method in used if of == variable}
            if isinstance(value, types.BuiltinMethodType) and isinstance(
                value.__self__, re.Pattern
            ):
                methods = {value.__name__}
            anchored = bool(methods) and methods <= set(AT_THE_START)
            for pattern in compiled(value):
                yield f"{name}.{variable}", pattern, anchored
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name("re"), attr=method), args=[first, *_]
                ) if method in USES:
                    text = values.get(first.id) if isinstance(first, ast.Name) else None
                    text = first.value if isinstance(first, ast.Constant) else text
                    if isinstance(text, str | bytes):
                        yield f"{name}:{node.lineno}", re.compile(text), method in AT_THE_START
                case _:
                    pass


def compiled(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, types.BuiltinMethodType):
        yield from compiled(value.__self__)
    elif isinstance(value, tuple | list):
        for item in cast("tuple[object, ...]", value):
            yield from compiled(item)


def samples(items: Any) -> Iterator[str]:
    """Yield texts that a parsed pattern matches, more or less: every branch, each repeat once."""
    if not items:
        yield ""
        return
    first, *rest = items
    for head in _samples_of(*first):
        for tail in samples(rest):
            yield head + tail


def _samples_of(code: Any, value: Any) -> Iterator[str]:
    if code is codes.LITERAL:
        yield chr(value)
    elif code is codes.IN:
        yield _member(value)
    elif code is codes.ANY:
        yield "x"
    elif code is codes.NOT_LITERAL:
        yield "x" if value != ord("x") else "y"
    elif code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
        low, _, body = value
        for one in samples(body):
            yield one * max(low, 1)
    elif code is codes.SUBPATTERN:
        yield from samples(value[-1])
    elif code is codes.BRANCH:
        for branch in value[1]:
            yield from samples(branch)
    elif code is codes.GROUPREF:
        yield "script"
    elif code is codes.ASSERT:
        yield from samples(value[1])
    else:  # a place, or what must not be there
        yield ""


def _member(choices: Any) -> str:
    """Return a character of a class."""
    for code, value in choices:
        if code is codes.NEGATE:
            excluded = {v for c, v in choices if c is codes.LITERAL}
            return next(c for c in "x 1<" if ord(c) not in excluded)
        if code is codes.LITERAL:
            return chr(value)
        if code is codes.RANGE:
            return chr(value[0])
        if code is codes.CATEGORY:
            return {codes.CATEGORY_DIGIT: "1", codes.CATEGORY_SPACE: " "}.get(value, "a")
    raise AssertionError(f"no character is known for {choices}")


def attacks(pattern: re.Pattern[Any]) -> set[tuple[str, str]]:
    """Return beginnings, and what is repeated after each of them."""
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    found: set[tuple[str, str]] = set()
    for sample in islice(samples(tree), 12):
        sample = sample[:40]
        repeated = {*sample[-20:], " ", "a", "1", "<", "\n"}
        for end in range(len(sample) + 1):
            begun = sample[:end]
            found |= {(begun, character) for character in repeated}
            if end > 1:
                found |= {("", begun), ("", begun + " "), ("", begun + "\n")}
    return found


def test_every_pattern_is_linear() -> None:
    slow: list[str] = []
    count = 0
    for place, pattern, anchored in patterns():
        count += 1
        slow += [f"{place}: {found}" for found in quadratic(pattern, anchored)]
    assert not slow
    assert count > 40


def quadratic(pattern: re.Pattern[Any], anchored: bool) -> Iterator[tuple[str, str]]:
    for begun, repeated in sorted(attacks(pattern)):

        def work(n: int, begun: str = begun, repeated: str = repeated) -> Callable[[], object]:
            text: Any = begun + repeated * (n // len(repeated))
            if isinstance(pattern.pattern, bytes):
                text = text.encode()
            run: Any = pattern.match if anchored else pattern.findall
            return lambda: run(text)

        if cpu_time(work(4 * SIZE)) > SUSPECT and growth(work, SIZE) >= LINEAR:
            yield begun, repeated
            return


@pytest.mark.parametrize(
    "pattern", [r"<title[^>]*>\s*([^<]{1,200}?)\s*</title>", r"<!--.*?-->", r"\s*\S+$"]
)
def test_quadratic_patterns_are_found(pattern: str) -> None:
    assert list(quadratic(re.compile(pattern, re.DOTALL), anchored=False))
