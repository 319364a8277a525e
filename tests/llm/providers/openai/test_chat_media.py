"""Sound, images and citations of Chat Completions: in the documented shape, and out of shape."""

from __future__ import annotations

import base64
import io
import json
import wave
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.messages import AssistantMessage, user
from mirascope.llm.providers.openai.chat import OpenAIChatCodec
from mirascope.llm.responses.fold import Fold
from tests.linear import LINEAR, growth
from tests.llm.providers.traffic import body_of, decode_events, log_of, request

CODEC = OpenAIChatCodec()
MODEL = "openai/gpt-audio"
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(16)).decode()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def asked(format: str = "pcm16", **params: Any) -> dict[str, Any]:
    audio = {"voice": "alloy", "format": format}
    return {"extra_body": {"modalities": ["text", "audio"], "audio": audio}, **params}


def answer(*deltas: dict[str, Any], **params: Any) -> Fold:
    events = [("", json.dumps({"choices": [{"index": 0, "delta": d}]}).encode()) for d in deltas]
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    question = request(MODEL, stream=True, **params)
    return log_of(decode_events(CODEC.decoder(question), [*events, ("", json.dumps(end).encode())]))


SPOKEN = [
    {"role": "assistant", "audio": {"id": "audio_1", "transcript": "Good "}},
    {"audio": {"id": "audio_1", "data": b64(b"\1\0\2\0")}},
    {"audio": {"id": "audio_1", "data": b64(b"\3\0"), "transcript": "day"}},
    {"audio": {"id": "audio_1", "expires_at": 1767229200}},
]


def test_speech_is_one_part_and_a_file_that_plays() -> None:
    [audio] = answer(*SPOKEN, **asked()).audios
    assert audio.transcript == "Good day"
    with wave.open(io.BytesIO(base64.b64decode(audio.source.data))) as wav:
        assert (wav.getframerate(), wav.getnchannels()) == (24_000, 1)
        assert wav.readframes(9) == b"\1\0\2\0\3\0"


@pytest.mark.parametrize(("format", "kind"), [("mp3", "audio/mp3"), ("opus", "audio/opus")])
def test_a_whole_answer_has_the_format_that_was_asked_for(format: str, kind: str) -> None:
    message = {"role": "assistant", "content": None, "audio": {"id": "a", "data": b64(b"123456")}}
    body = json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})
    log = log_of(CODEC.decode(body.encode(), request(MODEL, **asked(format))))
    assert log.audios[0].source.mime_type == kind


def test_sound_goes_back_by_its_id_and_to_others_as_its_words() -> None:
    log = answer(*SPOKEN, **asked())
    question = request(MODEL)
    turn = AssistantMessage(
        content=log.content,
        provider_id="openai",
        model_id=MODEL,
        provider_model_name=CODEC.provider_model_name(question),
        raw_message=log.raw_message,
    )
    sent = body_of(CODEC, request(MODEL, [user("Hi."), turn, user("And?")]))["messages"][1]
    assert sent == {"role": "assistant", "audio": {"id": "audio_1"}}
    other = request("openai/gpt-5", [user("Hi."), turn, user("And?")])
    assert body_of(CODEC, other)["messages"][1] == {"role": "assistant", "content": "Good day"}


@pytest.mark.parametrize("data", ["@@@", "A", "AAA", "AA=A"])
def test_sound_that_is_no_base64_is_an_error(data: str) -> None:
    with pytest.raises(llm.ResponseValidationError, match=r"sound in it is no base64 text\."):
        answer({"audio": {"id": "a", "data": data}}, **asked())


def test_images_of_openrouter_are_parts() -> None:
    url = f"data:image/png;base64,{PNG}"
    made = [{"type": "image_url", "image_url": {"url": url}}]
    log = answer({"content": "Here."}, {"images": made}, {"content": "Done."})
    assert [part.type for part in log.parts_by_start()] == ["text", "image", "text"]
    [image] = log.images
    assert image.source == llm.Base64ImageSource(
        type="base64_image_source", data=PNG, mime_type="image/png"
    )


@pytest.mark.parametrize(
    "image",
    [{}, {"image_url": None}, {"image_url": {"url": "data:image/png;base64,@"}}, 7, None],
    ids=["nothing", "null", "no base64", "a number", "none"],
)
def test_what_is_no_image_is_left_out(image: object) -> None:
    assert answer({"content": "Here."}, {"images": [image]}).images == []


def cited(start: object, end: object) -> dict[str, Any]:
    about = {"url": "https://a.example", "start_index": start, "end_index": end}
    return {"annotations": [{"type": "url_citation", "url_citation": about}]}


def test_places_are_those_of_their_text_where_another_part_stands_between() -> None:
    log = answer(
        {"content": "First. "},
        {"reasoning_content": "Hm."},
        {"content": "Second."},
        cited(7, 13),
        cited(0, 5),
        thinking={"level": "low", "include_thoughts": True},
    )
    first, second = log.texts
    [one], [two] = first.citations, second.citations
    assert (one.start, one.end) == (0, 5)
    assert second.text[two.start : two.end] == "Second"


@pytest.mark.parametrize("place", [-1, 10**30, "3", None, 1.5, True], ids=repr)
def test_places_out_of_bounds_break_nothing(place: object) -> None:
    log = answer({"content": "One."}, cited(place, place), cited(0, place))
    for citation in log.texts[0].citations:
        assert citation.start is None or citation.start >= 0
        assert type(citation.start) is not bool  # which is not read again once it is saved
        assert type(citation.end) is not bool
        assert log.texts[0].text[citation.start : citation.end] in ("One.", "")


@pytest.mark.parametrize("about", [7, "x", ["x"], 1.5, True])
def test_what_is_no_citation_breaks_nothing(about: object) -> None:
    annotation = {"type": "url_citation", "url_citation": about, "url": "https://a.example"}
    [text] = answer({"content": "One."}, {"annotations": [annotation]}).texts
    assert [citation.url for citation in text.citations] == ["https://a.example"]


def test_a_citation_without_a_text_begins_one() -> None:
    [text] = answer(cited(0, 1)).texts
    assert text.text == ""
    assert text.citations[0].url == "https://a.example"


def test_time_grows_with_the_number_of_images_and_citations() -> None:
    url = f"data:image/png;base64,{PNG}"

    def work(n: int) -> Any:
        made = {"images": [{"type": "image_url", "image_url": {"url": url}}]}
        deltas = [d for _ in range(n) for d in ({"content": "Text."}, made, cited(0, 4))]
        return lambda: answer(*deltas)

    assert growth(work, 500) < LINEAR
