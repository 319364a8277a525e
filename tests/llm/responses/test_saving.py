"""Responses as JSON: they come back as they were, whoever wrote them and whoever reads them."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.messages import to_json, user
from mirascope.llm.responses.chunks import AnswerEnd, Event
from mirascope.llm.responses.saving import _PARAMS, VERSION

from . import chunks
from .conftest import Variant
from .events import answers
from .saved import GOLDEN, PARAMS, Tide, golden, samples, stream, whole
from .test_fold import read, sums, told

NAMES = sorted(samples())


def facts(response: Any) -> dict[str, Any]:
    """Return all that is kept of a response."""
    kept = {
        name: getattr(response, name)
        for name in (
            *("provider_id", "model_id", "provider_model_name", "messages", "content", "texts"),
            *("tool_calls", "thoughts", "finish_reason", "usage"),
        )
    }
    kept["params"] = {n: v for n, v in response.params.items() if n != "extra_headers"}
    kept["pretty"] = response.pretty()
    if hasattr(response, "state"):
        kept |= {"state": response.state, "error": told(response.error)}
    return kept


def told_again(error: tuple[Any, ...] | None) -> Any:
    """Return what an error says when it was saved: one of another package is an `llm.Error`."""
    if error is not None and not issubclass(error[0], llm.Error | ValueError):
        return (llm.Error, f"{error[0].__name__}: {error[1]}", {})
    return error


@pytest.mark.parametrize("name", NAMES)
def test_golden(name: str) -> None:
    assert samples()[name].to_json().encode() + b"\n" == golden(name).read_bytes()


def test_every_golden_file_has_a_sample() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_golden_loads_in_every_variant(variant: Variant, name: str) -> None:
    sample = samples()[name]
    data = golden(name).read_bytes()
    expected = facts(sample)
    given_again = {"format": Tide if sample.format else None}
    streamed = variant.stream_class.from_json(data, **given_again)
    if isinstance(sample, llm.Response):
        whole = variant.response_class.from_json(data, **given_again)
        assert facts(whole) == expected
        assert whole.to_json().encode() + b"\n" == data
        assert (streamed.state, streamed.error) == ("complete", None)
        assert streamed.content == sample.content
        assert streamed.model_id == sample.model_id
        assert streamed.messages[:-1] == sample.messages[:-1]
    else:
        expected["error"] = told_again(expected["error"])
        assert facts(streamed) == expected
        assert list(streamed.events)[:-1] == list(sample.events)[:-1]
        if name != "stream-vendor-error":  # it is one of ours now
            assert streamed.to_json().encode() + b"\n" == data
    assert not streamed.raw_stream_events
    assert streamed.closed


def test_the_text_is_one_line_of_utf8_without_headers() -> None:
    text = samples()["whole-everything"].to_json()
    assert "s3cret" not in text
    assert "extra_headers" not in text
    assert len(text.splitlines()) == 2  # a line separator within a string is not the text's own
    assert "\n" not in text
    assert json.loads(text)["version"] == VERSION


@given(answers())
def test_any_answer_comes_back(events: list[Event]) -> None:
    variant = Variant(asynchronous=False, context=False)
    response = read(variant, events)
    again = llm.StreamResponse.from_json(response.to_json())
    assert sums(again) == sums(response)
    assert facts(again) == facts(response)
    assert [getattr(e, "id", 0) for e in again.events] == [getattr(e, "id", 0) for e in events]
    assert llm.StreamResponse.from_json(again.to_json().encode()).to_json() == again.to_json()


@given(answers(ended=False), st.integers(0, 30))
def test_what_has_arrived_is_saved(events: list[Event], many: int) -> None:
    response = Variant(asynchronous=False, context=False).stream(events)
    stream_of = response.event_stream()
    for _ in range(many):
        next(stream_of, None)
    before = list(response.events)
    ended = response.closed
    again = llm.StreamResponse.from_json(response.to_json())
    assert response.events == before
    assert response.closed == ended
    assert again.content == response.content
    assert again.usage == response.usage
    if not ended:
        assert again.state == "cancelled"
        assert isinstance(again.error, llm.StreamCancelledError)
        assert "saved before its end" in str(again.error)
        response.finish()
        assert response.consumed


def test_a_loaded_stream_replays_and_raises_again(variant: Variant) -> None:
    text = samples()["stream-truncated"].to_json()
    response = variant.stream_class.from_json(text)
    for _ in range(2):
        seen: list[str] = []
        iterator = variant.iter(response.pretty_stream())
        with suppress(llm.StreamTruncatedError):
            while True:
                seen.append(variant.next(iterator))
        with pytest.raises(llm.StreamTruncatedError, match=r"^cut$") as caught:
            variant.run(response.finish())
        assert caught.value.request_id == "req_1"
        assert "".join(seen) == samples()["stream-truncated"].pretty()
    complete = variant.stream_class.from_json(samples()["stream-everything"].to_json())
    assert variant.list(complete.chunk_stream()) == complete.chunks
    variant.run(complete.finish())
    variant.run(complete.aclose() if variant.asynchronous else complete.close())
    assert complete.state == "complete"


def test_a_whole_response_is_made_of_a_complete_answer_only(variant: Variant) -> None:
    for name in ("stream-truncated", "stream-closed", "stream-vendor-error"):
        sample: Any = samples()[name]
        with pytest.raises(ValueError, match=f"did not complete, it is {sample.state}") as caught:
            variant.response_class.from_json(sample.to_json())
        assert type(caught.value.__cause__) is told_again(told(sample.error))[0]
    sample = samples()["stream-max-tokens"]
    whole = variant.response_class.from_json(sample.to_json())
    assert whole.finish_reason is llm.FinishReason.MAX_TOKENS
    assert whole.raw is None
    assert whole.messages == sample.messages


@pytest.mark.parametrize("wanted", [Tide, llm.format(Tide, mode="tool"), list[int], str])
def test_the_format_is_given_again(variant: Variant, wanted: Any) -> None:
    mode = getattr(wanted, "mode", "strict")
    said = json.dumps({"time": "04:12"}) if mode == "tool" or wanted is Tide else None
    value = Tide(time="04:12") if said else [1, 2] if wanted == list[int] else "high"
    said = said or json.dumps({"output": value})
    format: Any = wanted if isinstance(wanted, llm.Format) else llm.format(wanted, mode="strict")
    text = stream(*chunks.text(said), format=format).to_json()
    for cls in (variant.stream_class, variant.response_class):
        response = cls.from_json(text, format=wanted)
        assert response.parse() == value
        assert response.format == format
        assert cls.from_json(text).parse() is None


def test_a_format_that_was_not_there_is_asked_for_as_every_provider_can() -> None:
    @llm.output_parser(formatting_instructions="Shout.")
    def shout(response: llm.AnyResponse) -> str:
        return response.text().upper()

    parsed = stream(*chunks.text("high"), format=llm.format(shout, mode="parser"))
    for text in (stream(*chunks.text("high")).to_json(), parsed.to_json()):
        loaded = llm.Response.from_json(text, format=Tide)
        assert loaded.format == llm.format(Tide, mode="json")
        shouted = llm.Response.from_json(text, format=shout)
        assert shouted.parse() == "HIGH"
        assert shouted.format == llm.format(shout, mode="parser")


async def test_the_tools_are_given_again() -> None:
    @llm.tool
    def a(x: int) -> int:
        return x + 1

    @llm.tool
    async def later(x: int) -> int:
        return x + 1

    text = stream(*chunks.call("1", '{"x": 1}', name="a")).to_json()
    for cls in (llm.Response, llm.StreamResponse):
        [output] = cls.from_json(text, tools=[a]).execute_tools()
        assert output.result == 2
        [missing] = cls.from_json(text).execute_tools()
        assert isinstance(missing.error, llm.ToolNotFoundError)
    [output] = await llm.AsyncResponse.from_json(text, tools=[a]).execute_tools()
    assert output.result == 2
    with pytest.raises(TypeError, match="Toolkit"):
        llm.Response.from_json(text, tools=[later])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]  # wrong


def test_who_is_asked_next(variant: Variant) -> None:
    text = samples()["stream-everything"].to_json()
    model = llm.Model("openai/gpt-5-mini")
    for cls in (variant.stream_class, variant.response_class):
        asked = cls.from_json(text).model
        assert (asked.model_id, asked.params) == ("anthropic/claude-sonnet-4-5", PARAMS)
        asked = cls.from_json(text, model="openai/gpt-5").model
        assert (asked.model_id, asked.params) == ("openai/gpt-5", PARAMS)
        assert cls.from_json(text, model=model).model is model


def test_a_stream_is_whole_and_a_whole_answer_a_stream() -> None:
    model = llm.Model("anthropic/claude-sonnet-4-5")
    with llm.testing.simulate(script=["At 04:12."] * 2):
        whole, streamed = model.call("When?"), model.stream("When?")
        streamed.finish()
    for response in (whole, streamed):
        text = response.to_json()
        assert facts(llm.Response.from_json(text)) | {"state": 0, "error": 0} == facts(
            llm.StreamResponse.from_json(text)
        ) | {"state": 0, "error": 0}


def test_messages_added_after_the_answer_are_not_part_of_the_response() -> None:
    response: Any = samples()["whole-everything"]
    text = response.to_json()
    response.messages.append(user("more"))
    assert response.to_json() == text


def test_what_a_provider_of_a_user_puts_in_is_written_as_plain_json() -> None:
    class Raw(BaseModel):
        n: int

    usage = llm.UsageDeltaChunk(input_tokens=1, raw={"raw": Raw(n=1), "nan": float("nan")})
    response = stream(*chunks.text("hi"), usage, params={"extra_body": {"b": b"x"}})
    again = llm.StreamResponse.from_json(response.to_json())
    assert again.usage == llm.Usage(input_tokens=1, raw={"raw": {"n": 1}, "nan": None})
    assert again.params == {"extra_body": {"b": "b'x'"}}


def test_what_holds_itself_cannot_be_written() -> None:
    itself: list[Any] = []
    itself.append(itself)
    response = stream(llm.UsageDeltaChunk(raw=itself))
    with pytest.raises(ValueError, match=r"^response: nested too deeply, or something holds"):
        response.to_json()
    wrong: Any = [llm.messages.user("x"), "y"]
    with pytest.raises(ValueError, match=r"^messages\[1\]: expected SystemMessage or"):
        stream(input_messages=wrong).to_json()


# --- what is refused


def test_every_parameter_is_kept_but_headers() -> None:
    known = set(llm.Params.__annotations__)
    assert known - set(_PARAMS) == {"extra_headers"}
    assert set(_PARAMS) <= known
    assert set(PARAMS) == set(_PARAMS)
    assert get_type_hints(llm.Timeout).keys() == {"connect", "first_content", "idle", "total"}


def changed(**more: Any) -> str:
    form = json.loads(golden("stream-everything").read_text("utf-8"))
    form |= more
    return json.dumps({name: value for name, value in form.items() if value is not ...})


END = {"type": "answer_end", "state": "complete"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Not a saved response: not JSON: Expecting value"),
        ("[]", "a saved response: expected an object, got list"),
        ("{}", "Not a saved response: 'mirascope' is not 'response'$"),
        (to_json([user("x")]), "Not a saved response: 'mirascope' is not 'response'$"),
        (changed(version=None), "version: expected a number from 1, got null"),
        (
            changed(version=VERSION + 1),
            "This response was written by a newer version of mirascope: in form 2, and this one "
            "reads up to 1",
        ),
        (changed(model_id=...), "model_id: missing"),
        (changed(provider_id=5), "provider_id: expected a string, got int"),
        (changed(params=...), "params: missing"),
        (changed(params=[]), "params: expected an object, got list"),
        (changed(params={"seed": "s3cret"}), "params.seed: expected a number, got str"),
        (changed(params={"seed": True}), "params.seed: expected a number, got bool"),
        (changed(params={"keep_raw": 1}), "params.keep_raw: expected true or false, got int"),
        (
            changed(params={"timeout": "s3cret"}),
            "params.timeout: expected a number or an object, got str",
        ),
        (
            changed(params={"timeout": {"idle": -1}}),
            "params.timeout.idle: expected a positive number or null",
        ),
        (
            changed(params={"timeout": {"idle": "1"}}),
            "params.timeout.idle: expected a number, got str",
        ),
        (changed(format_mode="s3cret"), "format_mode: expected one of strict, json, tool, parser"),
        (changed(format_mode=["json"]), "format_mode: expected one of strict, json, tool, parser"),
        (changed(messages=...), "messages: missing"),
        (changed(messages=[{}]), r"messages\[0\].role: missing"),
        (changed(answer={"role": "assistant"}), "answer.content: missing"),
        (changed(events=...), "events: missing"),
        (changed(events={}), "events: expected a list, got dict"),
        (changed(events=[]), "events: the end is missing"),
        (changed(events=[5]), r"events\[0\]: An event is an object, not int"),
        (changed(events=[{"type": "a s3cret"}]), r"events\[0\]: Unknown event type.$"),
        (changed(events=[END, END]), r"events\[1\]: does not fit what came before"),
        (
            changed(events=[{"type": "tool_call_chunk", "id": "s3cret", "delta": ""}, END]),
            r"events\[0\]: does not fit what came before",
        ),
        (
            changed(events=[{"type": "finish_reason_chunk", "finish_reason": "s3cret"}]),
            r"events\[0\]: finish_reason_chunk.finish_reason: expected one of",
        ),
    ],
)
def test_what_is_no_response_is_refused(variant: Variant, text: str, message: str) -> None:
    for cls in (variant.stream_class, variant.response_class):
        with pytest.raises(ValueError, match=f"^{message}") as caught:
            cls.from_json(text)
        assert type(caught.value) is ValueError
        assert "s3cret" not in str(caught.value)
        assert caught.value.__context__ is None


@given(st.data())
def test_a_changed_text_is_read_or_refused(data: st.DataObject) -> None:
    form = json.loads(golden(data.draw(st.sampled_from(NAMES))).read_text("utf-8"))
    parent: Any = {"": form}
    key: Any = ""
    while isinstance(parent[key], dict | list) and parent[key] and data.draw(st.booleans()):
        parent = parent[key]
        key = data.draw(st.sampled_from(sorted(parent) if isinstance(parent, dict) else [0, -1]))
    if data.draw(st.booleans()) and isinstance(parent, dict):
        del parent[key]
    else:
        parent[key] = data.draw(
            st.sampled_from([None, True, 0, -1, 2, 1.5, "", "a s3cret", [], [1], {}, {"type": "x"}])
        )
    text = json.dumps(form)
    if (error := refusal(text)) is not None:
        assert type(error) is ValueError
        assert "s3cret" not in str(error)
    else:
        response = llm.StreamResponse.from_json(text)
        assert isinstance(response.events[-1], AnswerEnd)
        assert facts(llm.StreamResponse.from_json(response.to_json())) == facts(response)
        if response.state == "complete":
            assert llm.Response.from_json(text).content == response.content


def refusal(text: str) -> Exception | None:
    try:
        llm.StreamResponse.from_json(text)
    except Exception as error:
        return error
    return None


@given(st.text() | st.binary())
def test_no_text_raises_anything_else(text: str | bytes) -> None:
    with pytest.raises(ValueError, match="saved response"):
        llm.Response.from_json(text)


def test_fields_and_parameters_of_next_year_are_ignored() -> None:
    text = changed(lang="pt", params={"temperature": 0, "mood": "merry"})
    assert llm.StreamResponse.from_json(text).params == {"temperature": 0}


def test_the_answer_of_a_provider_of_its_own_keeps_its_message() -> None:
    response = whole(
        assistant_message=llm.messages.assistant("Hi", provider_id=None, model_id=None)
    )
    again = llm.Response.from_json(response.to_json())
    assert again.messages == response.messages
    assert again.provider_id == "anthropic"
