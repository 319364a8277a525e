"""Errors of earlier attempts reach the next one, on the real `tenacity`."""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated, Any

import pytest

pytest.importorskip("tenacity")
pytest.importorskip("openai")

from pydantic import AfterValidator, BaseModel, ValidationError
from tenacity import RetryError, retry, stop_after_attempt

from mirascope import retries
from mirascope.core import openai
from mirascope.retries.tenacity import collect_errors
from tests.core.loopback import Loopback, Script


def upper(text: str) -> str:
    if not text.isupper():
        raise ValueError(f"{text} is not in upper case")
    return text


class Book(BaseModel):
    title: Annotated[str, AfterValidator(upper)]


def answers(loopback: Loopback, *texts: str) -> None:
    """Have the model say one text after the other."""
    said = iter(texts)
    loopback.answer = lambda seen: Script(texts=(next(said),))


@retry(stop=stop_after_attempt(3), after=collect_errors(ValidationError))
@openai.call("gpt-4o-mini", response_model=Book, json_mode=True)
def find(genre: str, *, errors: list[ValidationError] | None = None) -> str:
    mistakes = "; ".join(error.errors()[0]["msg"] for error in errors or ())
    return f"A {genre} book. Mistakes so far: {mistakes or 'none'}."


@retry(stop=stop_after_attempt(3), after=collect_errors(ValidationError))
@openai.call("gpt-4o-mini", response_model=Book, json_mode=True)
async def afind(genre: str, *, errors: list[ValidationError] | None = None) -> str:
    return f"A {genre} book. {len(errors or ())} mistakes."


def asked(loopback: Loopback) -> list[str]:
    return [seen.body["messages"][-1]["content"].partition("\n")[0] for seen in loopback.seen]


def test_each_attempt_sees_every_error_before_it(loopback: Loopback) -> None:
    answers(loopback, '{"title": "dune"}', '{"title": "emma"}', '{"title": "EMMA"}')
    assert find("fantasy") == Book(title="EMMA")
    first, second, third = asked(loopback)
    assert first == "A fantasy book. Mistakes so far: none."
    assert "dune is not in upper case" in second
    assert third.index("dune is not in upper case") < third.index("emma is not in upper case")


def test_two_calls_share_no_errors(loopback: Loopback) -> None:
    answers(loopback, '{"title": "dune"}', '{"title": "DUNE"}', '{"title": "EMMA"}')
    find("fantasy")
    find("romance")
    assert asked(loopback)[-1] == "A romance book. Mistakes so far: none."


async def test_an_asynchronous_call(loopback: Loopback) -> None:
    answers(loopback, '{"title": "dune"}', '{"title": "DUNE"}')
    assert (await afind("fantasy")).title == "DUNE"
    assert asked(loopback) == ["A fantasy book. 0 mistakes.", "A fantasy book. 1 mistakes."]


def test_the_attempts_end(loopback: Loopback) -> None:
    loopback.script = Script(texts=('{"title": "dune"}',))
    with pytest.raises(RetryError):
        find("fantasy")
    assert len(loopback.seen) == 3


def test_only_the_kinds_asked_for_and_those_below_them() -> None:
    raised = iter([KeyError("a"), FileNotFoundError("b"), OSError("c")])
    seen: list[list[str]] = []

    @retry(stop=stop_after_attempt(4), after=collect_errors(OSError))
    def attempt(*, errors: list[Any] | None = None) -> str:
        seen.append([type(error).__name__ for error in errors or ()])
        for error in raised:
            raise error
        return "done"

    assert attempt() == "done"
    assert seen == [[], [], ["FileNotFoundError"], ["FileNotFoundError", "OSError"]]


def test_a_list_the_caller_gave_stays_as_it_was() -> None:
    mine: list[Exception] = [KeyError("earlier")]
    raised = iter([ValueError("a")])

    @retry(stop=stop_after_attempt(2), after=collect_errors(ValueError))
    def attempt(*, errors: list[Exception] | None = None) -> list[Exception] | None:
        for error in raised:
            raise error
        return errors

    assert [type(error) for error in attempt(errors=mine) or ()] == [KeyError, ValueError]
    assert len(mine) == 1


def test_a_function_that_reads_a_stream_is_retried_whole(loopback: Loopback) -> None:
    said = iter([Script(cut=True), Script(texts=("All ", "of it"))])
    loopback.answer = lambda seen: next(said)

    @openai.call("gpt-4o-mini", stream=True)
    def tell(count: int) -> str:
        return f"After {count} errors: tell."

    @retry(stop=stop_after_attempt(2), after=collect_errors(Exception))
    def read(*, errors: list[Exception] | None = None) -> str:
        return "".join(chunk.content for chunk, _ in tell(len(errors or ())))

    assert read() == "All of it"
    assert asked(loopback) == ["After 0 errors: tell.", "After 1 errors: tell."]


def test_without_the_library_the_extra_is_named() -> None:
    code = (
        "import sys; sys.modules['tenacity'] = None\n"
        "import mirascope.retries\n"
        "try:\n"
        "    import mirascope.retries.tenacity\n"
        "except ImportError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install '.[tenacity]'" in done.stdout


def test_the_module_is_an_attribute_of_its_package() -> None:
    assert retries.tenacity.collect_errors is collect_errors
