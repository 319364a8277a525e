"""All 240 programs of the v1 Streams guide's shape, on the real SDKs."""

from __future__ import annotations

import itertools
import json
import warnings
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from ..loopback import Loopback, Script
from ..vendors import BY_NAME
from .programs import FAMILIES, STYLES, VENDORS, Program, generate, read_guide, run

MODELS = {name: BY_NAME[name].model for name in VENDORS}
GENERATED = list(generate(MODELS))
_FOUNDING = Path(__file__).parents[4] / "shared" / "founding"
GUIDE = next(iter(sorted(_FOUNDING.glob("003_*"))), None) if _FOUNDING.is_dir() else None
PRINTED = read_guide(GUIDE) if GUIDE else []
TEXT = "The Name of the Wind"
# What the guide's programs catch is elsewhere since mistralai 2, so those are no programs for it.
MOVED = BY_NAME["mistral"].installed and find_spec("mistralai.models") is None


def params(programs: Iterable[Program]) -> Any:
    return pytest.mark.parametrize(
        "program",
        [
            pytest.param(
                program,
                id=program.name,
                marks=[
                    pytest.mark.skipif(
                        not BY_NAME[program.vendor].installed,
                        reason=f"{BY_NAME[program.vendor].sdk} is not installed",
                    ),
                    pytest.mark.skipif(
                        MOVED and (program.vendor, program.family) == ("mistral", "errors"),
                        reason="mistralai 2 has other names",
                    ),
                ],
            )
            for program in programs
        ],
    )


def check(program: Program, loopback: Loopback) -> None:
    audio = program.family == "audio"
    loopback.script = Script(audio=audio)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        printed = run(program)
    assert "Error:" not in printed
    if audio:
        expected = "Hello\nplayed 3 bytes\n" if program.vendor == "openai" else ""
        assert printed == expected
        return
    if program.family != "original":
        assert printed.startswith(TEXT)
    if program.family == "properties":
        assert printed == f"{TEXT}Content: {TEXT}\n"
    if program.family == "response":
        usage = printed.split("Usage:")[1]
        assert "10" in usage
        assert "5" in usage
    if program.family == "original":
        assert printed.count("Original") == BY_NAME[program.vendor].pairs
    assert len(loopback.seen) == 1


def test_there_are_240() -> None:
    combinations = {(p.vendor, p.style, p.family) for p in GENERATED}
    assert combinations == set(itertools.product(VENDORS, STYLES, FAMILIES))
    assert len(GENERATED) == 240


@params(GENERATED)
def test_program(program: Program, loopback: Loopback) -> None:
    check(program, loopback)


@pytest.mark.skipif(GUIDE is None, reason="the founding documents are not beside the repository")
def test_the_guide_has_240_programs() -> None:
    assert len(PRINTED) == 240


@params(PRINTED)
def test_program_as_printed(program: Program, loopback: Loopback) -> None:
    check(program, loopback)


@params(program for program in GENERATED if program.family == "errors")
def test_error_is_the_sdks_own_and_comes_from_the_loop(
    program: Program, loopback: Loopback
) -> None:
    loopback.script = Script(status=400)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert "Error:" in run(program)


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_four_styles_send_the_same(vendor: str, loopback: Loopback) -> None:
    if not BY_NAME[vendor].installed:
        pytest.skip(f"{BY_NAME[vendor].sdk} is not installed")
    bodies = set()
    for program in GENERATED:
        if program.vendor == vendor and program.family == "basic":
            check(program, loopback)
            bodies.add(json.dumps(loopback.seen.pop().body))
    assert len(bodies) == 1
