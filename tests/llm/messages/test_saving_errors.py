"""What `from_json` and `to_json` refuse: one `ValueError` that says where, and shows no content."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirascope import llm
from mirascope.llm.content import Text
from mirascope.llm.messages import SystemMessage, from_json, to_json, user
from mirascope.llm.messages.saving import VERSION
from tests.llm.messages.samples import golden, samples, tool_output

ENVELOPE = '{"mirascope":"messages","version":1,"messages":%s}'
TOOL_OUTPUT = (
    '[{"role":"user","content":[{"type":"tool_output","id":"1","name":"n","result":1,"error":%s}]}]'
)
SECRET = "s3cret"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Not saved messages: not JSON: Expecting value at line 1, column 1"),
        (
            f'{{"{SECRET}"',
            "Not saved messages: not JSON: Expecting ':' delimiter at line 1, column 10",
        ),
        (
            f'"{SECRET}',
            "Not saved messages: not JSON: Unterminated string starting at at line 1, column 1",
        ),
        (
            f'"{SECRET}\xff'.encode("latin-1"),
            "Not saved messages: not JSON: the bytes are not UTF-8",
        ),
        ("[" * 100_000, "Not saved messages: nested too deeply"),
        ("9" * 5_000, "Not saved messages: an integer in it has too many digits"),
        ("[]", "saved messages: expected an object, got list"),
        ("null", "saved messages: expected an object, got null"),
        ("{}", "Not saved messages: 'mirascope' is neither 'message' nor 'messages'"),
        (
            f'{{"mirascope":"{SECRET}","version":1}}',
            "Not saved messages: 'mirascope' is neither 'message' nor 'messages'",
        ),
        (
            '{"mirascope":["message"]}',
            "Not saved messages: 'mirascope' is neither 'message' nor 'messages'",
        ),
        ('{"mirascope":"messages"}', "version: expected a number from 1, got null"),
        ('{"mirascope":"messages","version":true}', "version: expected a number from 1, got bool"),
        ('{"mirascope":"messages","version":0}', "version: expected a number from 1, got int"),
        (
            f'{{"mirascope":"messages","version":{VERSION + 1},"messages":"{SECRET}"}}',
            "These messages were written by a newer version of mirascope: in form 2, and this one "
            "reads up to 1",
        ),
        ('{"mirascope":"messages","version":1}', "messages: missing"),
        ('{"mirascope":"message","version":1}', "message: missing"),
        (
            '{"mirascope":"message","version":1,"message":[]}',
            "message: expected an object, got list",
        ),
        (
            '{"mirascope":"message","version":1,"message":{"role":"system","content":[]}}',
            "message.content: expected an object, got list",
        ),
        (ENVELOPE % "{}", "messages: expected a list, got dict"),
        (ENVELOPE % "[1]", "messages[0]: expected an object, got int"),
        (ENVELOPE % "[{}]", "messages[0].role: missing"),
        (ENVELOPE % '[{"role":null}]', "messages[0].role: expected a string, got null"),
        (
            ENVELOPE % '[{"role":"robot"}]',
            "messages[0].role: unknown role 'robot' (known: system, user, assistant)",
        ),
        (
            ENVELOPE % f'[{{"role":"a {SECRET}"}}]',
            "messages[0].role: unknown role (known: system, user, assistant)",
        ),
        (ENVELOPE % '[{"role":"user"}]', "messages[0].content: missing"),
        (
            ENVELOPE % '[{"role":"user","content":"x"}]',
            "messages[0].content: expected a list, got str",
        ),
        (
            ENVELOPE % '[{"role":"user","content":[],"name":1}]',
            "messages[0].name: expected a string, got int",
        ),
        (
            ENVELOPE % '[{"role":"assistant","content":[]}]',
            "messages[0].provider_id: missing",
        ),
        (
            ENVELOPE % '[{"role":"user","content":[{"type":"text","text":5}]}]',
            "messages[0].content[0].text: expected a string, got int",
        ),
        (
            ENVELOPE % '[{"role":"user","content":[{"type":"text"}]}]',
            "messages[0].content[0].text: missing",
        ),
        (
            ENVELOPE % '[{"role":"user","content":[{"type":"thought","thought":"x"}]}]',
            "messages[0].content[0].type: unknown type 'thought' "
            "(known: text, image, audio, document, video, tool_output)",
        ),
        (
            ENVELOPE % '[{"role":"system","content":{"type":"image","text":""}}]',
            "messages[0].content.type: expected 'text', got another string",
        ),
        (
            ENVELOPE
            % (
                '[{"role":"user","content":[{"type":"image","source":'
                '{"type":"base64_image_source","data":"","mime_type":"s3cret"}}]}]'
            ),
            "messages[0].content[0].source.mime_type: expected 'image/png' or 'image/jpeg' or "
            "'image/webp' or 'image/gif' or 'image/heic' or 'image/heif', got another string",
        ),
        (
            ENVELOPE % (TOOL_OUTPUT % '{"type":"x"}'),
            "messages[0].content[0].error.message: missing",
        ),
        (
            ENVELOPE % (TOOL_OUTPUT % '{"type":"x","message":"m","exception":null}'),
            "messages[0].content[0].error.exception: expected a string, got null",
        ),
        (
            ENVELOPE % (TOOL_OUTPUT % '"s3cret"'),
            "messages[0].content[0].error: expected an object, got str",
        ),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, str) else None,
)
def test_malformed(text: str | bytes, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$") as caught:
        from_json(text)
    assert type(caught.value) is ValueError
    assert caught.value.__context__ is None  # which would hold the text
    assert SECRET not in message


def secretive(value: Any) -> Any:
    """Return a saved form with a secret in every string that is content."""
    if isinstance(value, list):
        return [secretive(item) for item in value]
    if isinstance(value, dict):
        keep = ("type", "role", "mirascope", "mime_type", "media_type")
        return {k: v if k in keep else secretive(v) for k, v in value.items()}
    return f"{SECRET} {value}" if isinstance(value, str) else value


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, (dict, list)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*path, key))


@given(data=st.data())
def test_anything_else_is_one_value_error_without_content(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(samples())))
    form = secretive(json.loads(golden(name).read_text("utf-8")))
    path = data.draw(st.sampled_from(sorted(places(form), key=repr)))
    new = data.draw(
        st.sampled_from(
            [None, True, 0, -1, 2, 1.5, "", f"{SECRET} x", [], [1], {}, {"type": SECRET + " "}]
        )
    )
    if path:
        parent = form
        for key in path[:-1]:
            parent = parent[key]
        if data.draw(st.booleans()) and isinstance(parent, dict):
            del parent[path[-1]]
        else:
            parent[path[-1]] = new
    else:
        form = new
    text = json.dumps(form)
    if (error := refusal(text)) is None:
        messages = from_json(text)
        assert from_json(to_json(messages)) == messages
    else:
        assert type(error) is ValueError
        assert SECRET not in str(error)


def refusal(text: str) -> Exception | None:
    try:
        from_json(text)
    except Exception as error:
        return error
    return None


@given(st.text() | st.binary())
def test_no_text_raises_anything_else(text: str | bytes) -> None:
    with pytest.raises(ValueError, match="saved messages"):
        from_json(text)


def loop() -> Any:
    itself: list[object] = []
    itself.append(itself)
    return itself


@pytest.mark.parametrize(
    ("messages", "message"),
    [
        (lambda: "hello", "messages: expected a list, got str"),
        (lambda: None, "messages: expected a list, got null"),
        (lambda: iter([]), "messages: expected a list, got list_iterator"),
        (
            lambda: [user("x"), "y"],
            "messages[1]: expected SystemMessage or UserMessage or AssistantMessage, got str",
        ),
        (lambda: SystemMessage(content=5), "message.content: expected Text, got int"),  # type: ignore[arg-type]  # wrong
        (
            lambda: user(Text(text=5)),  # type: ignore[arg-type]  # wrong
            "message.content[0].text: expected a string, got int",
        ),
        (
            lambda: user(llm.Thought(thought="x")),  # type: ignore[arg-type]  # wrong
            "message.content[0]: expected Text or Image or Audio or Document or Video or "
            "ToolOutput, got Thought",
        ),
        (
            lambda: [tool_output("x", ValueError("x"))],  # type: ignore[arg-type]  # wrong
            "messages[0].content[0].error: expected a ToolError, got ValueError",
        ),
        (
            lambda: tool_output(loop()),
            "messages: nested too deeply, or something holds itself",
        ),
    ],
)
def test_what_cannot_be_written(messages: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        to_json(messages())
