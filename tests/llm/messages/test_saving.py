"""Conversations as JSON: what is written, that it is read again, and what is refused."""

from __future__ import annotations

import builtins
import copy
import dataclasses
import json
import pickle
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from mirascope import llm
from mirascope.llm import content, exceptions
from mirascope.llm.content import ContentPart, Text, json_form
from mirascope.llm.exceptions import ToolError, ToolExecutionError, ToolNotFoundError
from mirascope.llm.messages import (
    AssistantMessage,
    Message,
    SystemMessage,
    UserMessage,
    assistant,
    from_json,
    message_from_json,
    system,
    to_json,
    user,
)
from tests.llm.messages.samples import GOLDEN, Sample, golden, samples, tool_output

every_sample = pytest.mark.parametrize("name", samples())
ADAPTER: TypeAdapter[list[Message]] = TypeAdapter(list[Message])


def listed(sample: Sample) -> list[Message]:
    if isinstance(sample, (SystemMessage, UserMessage, AssistantMessage)):
        return [sample]
    return list(sample)


def inner(text: str) -> Any:
    """Return what the envelope holds, as a list."""
    envelope = json.loads(text)
    value = envelope[envelope["mirascope"]]
    return value if envelope["mirascope"] == "messages" else [value]


def walk(value: object) -> Iterator[object]:
    yield value
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from walk(getattr(value, field.name))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from walk(item)


# What is written


@every_sample
def test_golden(name: str) -> None:
    """A failure means that files in users' hands may not be read any more: see `VERSION`."""
    assert to_json(samples()[name]).encode() + b"\n" == golden(name).read_bytes()


@every_sample
def test_golden_loads(name: str) -> None:
    data = golden(name).read_bytes()
    messages = from_json(data)
    assert from_json(data.decode()) == messages
    expected = samples()[name]
    if "tool-output" not in name:  # results are plain JSON afterwards
        assert messages == listed(expected)
    again = messages if json.loads(data)["mirascope"] == "messages" else messages[0]
    assert to_json(again).encode() + b"\n" == data


def test_every_golden_file_has_a_sample() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == samples().keys()


def test_everything_has_a_golden_file() -> None:
    """Each message, part and source class, and each of our tools' errors."""
    seen = {type(value) for sample in samples().values() for value in walk(sample)}
    classes = {
        cls
        for cls in map(content.__dict__.get, content.__all__)
        if isinstance(cls, type) and not cls.__name__.endswith("Chunk")
    }
    assert len(classes) == 20
    assert classes <= seen
    assert {getattr(part, "__origin__", part) for part in get_args(ContentPart)} <= classes
    assert set(get_args(get_args(Message)[0])) <= seen
    errors = {
        cls
        for cls in vars(exceptions).values()
        if isinstance(cls, type) and issubclass(cls, ToolError)
    }
    assert len(errors) == 3
    assert errors <= seen


def test_every_field_is_in_the_form() -> None:
    for sample in samples().values():
        for message, form in zip(listed(sample), inner(to_json(sample)), strict=True):
            assert list(form) == [field.name for field in dataclasses.fields(message)]


def test_results_become_plain() -> None:
    [message] = from_json(golden("tool-output-object").read_bytes())
    [output] = message.content
    assert isinstance(output, llm.ToolOutput)
    assert output.result == {"books": [{"title": "Tides", "pages": [1, 2]}], "3": [1.5, None, None]}


# What is read


def test_one_or_several() -> None:
    one = user("x")
    assert from_json(to_json(one)) == from_json(to_json([one])) == [one]
    assert message_from_json(to_json(one)) == message_from_json(to_json([one])) == one
    for several in ([], [one, one]):
        with pytest.raises(
            ValueError, match=f"^messages: expected exactly one, got {len(several)}"
        ):
            message_from_json(to_json(several))


def test_any_sequence_of_messages_and_parts() -> None:
    message = UserMessage(content=(Text(text="a"),))
    assert from_json(to_json((message,))) == [user("a")]


def test_growing_text_is_saved_as_far_as_it_has_come() -> None:
    part, arrived = Text.start()
    message = assistant(part, model_id=None, provider_id=None)
    arrived.append("a")
    before = to_json(message)
    arrived.append("b")
    assert message_from_json(before).content == [Text(text="a")]
    assert message_from_json(to_json(message)).content == [Text(text="ab")]


def test_subclasses_of_ours_are_saved_as_ours() -> None:
    @dataclass(kw_only=True)
    class Mine(UserMessage):
        color: str = "red"

    assert from_json(to_json(Mine(content=[]))) == [user([])]


def test_extremes_survive() -> None:
    deep: Any = "core"
    for _ in range(300):
        deep = {"in": [deep]}
    raw: Any = {"deep": deep, "big": -(2**200), "long": "x" * 1_000_000, "half": "\udc00"}
    message = assistant("y" * 1_000_000, model_id=None, provider_id=None, raw_message=raw)
    text = to_json(message)
    assert message_from_json(text) == message
    assert message_from_json(text.encode()) == message


def test_two_halves_side_by_side_become_one_character() -> None:
    assert from_json(to_json(user("\ud83c\udf0a"))) == [user("\U0001f30a")]


def with_extras(value: Any) -> Any:
    """Return `value` with a field in each of our objects that this version does not know."""
    if isinstance(value, list):
        return [with_extras(item) for item in value]
    if not isinstance(value, dict):
        return value
    keep = ("raw_message", "result")
    grown = {name: v if name in keep else with_extras(v) for name, v in value.items()}
    return {"later": {"type": "new"}, **grown, "zzz": [1]}


@every_sample
def test_unknown_fields_are_ignored(name: str) -> None:
    text = golden(name).read_text("utf-8")
    assert from_json(json.dumps(with_extras(json.loads(text)))) == from_json(text)


def test_fields_with_a_default_may_be_missing() -> None:
    text = {"type": "text", "text": "x"}
    bare = [
        {"role": "system", "content": {"text": "x"}},
        {
            "role": "user",
            "content": [text, {"type": "tool_output", "id": "1", "name": "n", "result": 1}],
        },
    ]
    envelope = {"mirascope": "messages", "version": 1, "messages": bare}
    assert from_json(json.dumps(envelope)) == [
        system("x"),
        user(["x", llm.ToolOutput(id="1", name="n", result=1)]),
    ]


# Errors of tools


class Custom(Exception):
    pass


class Mine(ToolExecutionError):
    pass


OUTPUT = {"type": "tool_output", "id": "1", "name": "n", "result": "m"}


def reloaded(error: ToolError) -> Any:
    [output] = message_from_json(to_json(tool_output("x", error))).content
    assert isinstance(output, llm.ToolOutput)
    return output.error


@pytest.mark.parametrize(
    ("error", "cls", "name", "builtin"),
    [
        (ToolExecutionError("x"), ToolExecutionError, "ValueError", True),
        (ToolExecutionError(ValueError("x")), ToolExecutionError, "ValueError", True),
        (ToolExecutionError(ValueError()), ToolExecutionError, "ValueError", True),
        (ToolExecutionError(KeyError("x")), ToolExecutionError, "KeyError", True),
        (ToolExecutionError(KeyError(1)), ToolExecutionError, "KeyError", False),
        (ToolExecutionError(OSError(2, "gone")), ToolExecutionError, "FileNotFoundError", True),
        (
            ToolExecutionError(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad")),
            ToolExecutionError,
            "UnicodeDecodeError",
            False,
        ),
        (
            ToolExecutionError(ExceptionGroup("two", [ValueError("a")])),
            ToolExecutionError,
            "ExceptionGroup",
            False,
        ),
        (ToolExecutionError(Custom("x")), ToolExecutionError, "Custom", False),
        (ToolExecutionError(Custom()), ToolExecutionError, "Custom", False),
        (ToolExecutionError(Mine("x")), ToolExecutionError, "Mine", False),
        (ToolExecutionError(json.JSONDecodeError("bad", "{", 0)), ToolExecutionError, None, False),
        (Mine("x"), ToolExecutionError, "ValueError", True),
    ],
    ids=repr,
)
def test_what_a_tool_raised(
    error: ToolExecutionError, cls: type, name: str | None, builtin: bool
) -> None:
    loaded = reloaded(error)
    raised = loaded.tool_exception
    assert type(loaded) is cls
    assert loaded == error
    assert hash(loaded) == hash(error)
    assert str(loaded) == str(raised) == str(error)
    assert loaded.__cause__ is raised
    assert type(raised).__name__ == (name or type(error.tool_exception).__name__)
    if builtin:
        assert type(raised) is getattr(builtins, type(raised).__name__)
    else:
        assert type(raised) is not type(error.tool_exception)
        assert isinstance(raised, Exception)
    for other in (copy.deepcopy(loaded), pickle.loads(pickle.dumps(loaded)), reloaded(loaded)):
        assert other == error
        assert type(other.tool_exception).__name__ == type(raised).__name__
        assert str(other.tool_exception) == str(raised)


def test_every_exception_of_pythons_own_can_be_named() -> None:
    classes = {
        cls
        for cls in vars(builtins).values()
        if isinstance(cls, type) and issubclass(cls, Exception)
    }
    for cls in classes:
        for message in ("", "boom", "\ud800"):
            form = {"type": "ToolExecutionError", "message": message, "exception": cls.__name__}
            error = json_form.load(llm.ToolOutput, {**OUTPUT, "error": form}).error
            assert type(error.tool_exception).__name__ == cls.__name__
            assert str(error) == str(error.tool_exception) == message


@pytest.mark.parametrize("error", [ToolNotFoundError("a'b"), ToolError("no"), ToolError("")])
def test_other_errors(error: ToolError) -> None:
    loaded = reloaded(error)
    assert type(loaded) is type(error)
    assert loaded == error
    assert hash(loaded) == hash(error)
    assert str(loaded) == str(error)
    assert vars(loaded) == vars(error)


def test_errors_differ() -> None:
    errors = [ToolError("x"), ToolExecutionError("x"), ToolNotFoundError("x"), ToolError("y")]
    assert all((a == b) is (a is b) for a in errors for b in errors)


@pytest.mark.parametrize(
    ("fields", "cls"),
    [
        ({"type": "ToolQuotaError", "message": "m", "quota": 5}, ToolError),
        ({"type": "ToolExecutionError", "message": "m"}, ToolExecutionError),
        ({"type": "ToolExecutionError", "message": "m", "exception": "a\0b"}, ToolExecutionError),
        ({"type": "ToolExecutionError", "message": "m", "exception": "print"}, ToolExecutionError),
        (
            {"type": "ToolExecutionError", "message": "m", "exception": "SystemExit"},
            ToolExecutionError,
        ),
        ({"type": "ToolNotFoundError", "message": "m"}, ToolError),
    ],
)
def test_errors_as_others_write_them(fields: dict[str, Any], cls: type) -> None:
    [output] = json_form.load(Sequence[ContentPart], [{**OUTPUT, "error": fields}])
    assert type(output.error) is cls
    assert str(output.error) == "m"
    if cls is ToolExecutionError:
        assert isinstance(output.error.tool_exception, Exception)


# Properties

ANY_TEXT = st.text(st.characters()) | st.sampled_from(["\ud800", "a\udfffb", "\u2028", "\0"])
ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | ANY_TEXT,
    lambda value: st.lists(value, max_size=4) | st.dictionaries(ANY_TEXT, value, max_size=4),
    max_leaves=10,
)
TEXTS = st.builds(Text, text=ANY_TEXT)
ERRORS = st.one_of(
    st.builds(ToolNotFoundError, ANY_TEXT),
    st.builds(ToolError, ANY_TEXT),
    st.builds(
        lambda cls, text: ToolExecutionError(cls(text)),
        st.sampled_from([ValueError, KeyError, OSError, Custom, StopIteration]),
        ANY_TEXT,
    ),
)
PARTS = st.one_of(
    TEXTS,
    st.builds(llm.Image.from_url, ANY_TEXT),
    st.sampled_from([listed(samples()["audio-base64"])[0].content[0]]),  # type: ignore[index]
    st.builds(llm.Document.from_url, ANY_TEXT),
    st.builds(
        llm.ToolOutput[Any],
        id=ANY_TEXT,
        name=ANY_TEXT,
        result=ANY_JSON,
        error=st.none() | ERRORS,
    ),
)
ANSWERS = st.one_of(
    TEXTS,
    st.builds(llm.Thought, thought=ANY_TEXT),
    st.builds(llm.ToolCall, id=ANY_TEXT, name=ANY_TEXT, args=ANY_TEXT),
)
OPTIONAL = st.none() | ANY_TEXT
MESSAGES = st.lists(
    st.one_of(
        st.builds(SystemMessage, content=TEXTS),
        st.builds(UserMessage, content=st.lists(PARTS, max_size=4), name=OPTIONAL),
        st.builds(
            AssistantMessage,
            content=st.lists(ANSWERS, max_size=4),
            name=OPTIONAL,
            provider_id=OPTIONAL,
            model_id=OPTIONAL,
            provider_model_name=OPTIONAL,
            raw_message=ANY_JSON,
        ),
    ),
    max_size=4,
)


@given(MESSAGES)
def test_what_is_written_is_read(messages: list[Message]) -> None:
    text = to_json(messages)
    assert from_json(text) == messages
    assert from_json(text.encode()) == messages
    assert to_json(from_json(text)) == text
    for one in messages:
        assert message_from_json(to_json(one)) == one


@given(MESSAGES)
def test_pydantic_agrees(messages: list[Message]) -> None:
    forms = ADAPTER.dump_python(messages)
    assert forms == inner(to_json(messages))
    assert ADAPTER.validate_python(forms) == messages
    assert json_form.load(Sequence[Message], forms) == messages
    if re.search("[\ud800-\udfff]", json.dumps(forms, ensure_ascii=False)):
        with pytest.raises(PydanticSerializationError):  # it writes UTF-8, which has no half pairs
            ADAPTER.dump_json(messages)
        return
    data = ADAPTER.dump_json(messages)
    assert ADAPTER.validate_json(data) == messages
    assert from_json(b'{"mirascope":"messages","version":1,"messages":%b}' % data) == messages


@every_sample
def test_copies(name: str) -> None:
    """Of every message, a growing text included: as equal, finished values of their own."""
    for message in listed(samples()[name]):
        for other in (copy.deepcopy(message), pickle.loads(pickle.dumps(message))):
            if name != "tool-output-object":  # it holds NaN, which equals nothing
                assert other == message
            assert other is not message
            assert to_json(other) == to_json(message)
