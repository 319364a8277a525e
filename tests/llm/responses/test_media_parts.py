"""What a model makes besides text, thoughts and calls: images, sound, citations, its own tools."""

from __future__ import annotations

import base64
import io
import wave
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.responses.chunks import AnswerEnd
from mirascope.llm.responses.fold import fold

from .conftest import Variant
from .events import image

CITED = llm.Citation(start=0, end=2, url="https://a.example")
PICTURE = image("iVBORw0KGgo=")
FOUND = llm.ProviderToolOutput(id="ws_1", name="web_search", result=[{"url": "https://a.example"}])


def pcm(*samples: int) -> str:
    data = b"".join(one.to_bytes(2, "little", signed=True) for one in samples)
    return base64.b64encode(data).decode()


def speech(mime_type: str = "audio/pcm;rate=8000") -> list[Any]:
    return [
        llm.AudioStartChunk(id="part_9", mime_type=mime_type),
        llm.AudioChunk(id="part_9", delta=pcm(1), transcript="Good "),
        llm.AudioChunk(id="part_9", delta=pcm(-2, 3)),
        llm.AudioChunk(id="part_9", transcript="day"),
        llm.AudioEndChunk(id="part_9"),
    ]


MIXED: list[Any] = [
    llm.TextStartChunk(id="a"),
    llm.TextChunk(id="a", delta="So"),
    llm.ProviderToolCallStartChunk(id="ws_1", name="web_search"),
    llm.ProviderToolCallChunk(id="ws_1", delta='{"query": "x"}'),
    llm.ImageChunk(id="image_1", image=PICTURE, preview=True),
    llm.TextStartChunk(id="b"),
    llm.CitationChunk(id="b", citation=CITED),
    llm.ProviderToolCallEndChunk(id="ws_1"),
    llm.ProviderToolOutputChunk(output=FOUND),
    llm.TextChunk(id="b", delta="be it"),
    llm.TextEndChunk(id="b"),
    llm.TextEndChunk(id="a"),
    llm.ImageChunk(id="image_1", image=PICTURE),
    *speech(),
    llm.CitationChunk(id="a", citation=CITED),
]


def test_samples_without_a_file_become_one() -> None:
    [audio] = fold(speech()).audios
    assert audio.transcript == "Good day"
    assert audio.source.mime_type == "audio/wav"
    with wave.open(io.BytesIO(base64.b64decode(audio.source.data))) as wav:
        assert (wav.getnchannels(), wav.getsampwidth(), wav.getframerate()) == (1, 2, 8000)
        assert base64.b64encode(wav.readframes(9)).decode() == pcm(1, -2, 3)


def test_a_file_stays_what_it_is() -> None:
    [audio] = fold(speech("audio/mp3")).audios
    assert (audio.source.mime_type, audio.source.data) == ("audio/mp3", pcm(1, -2, 3))


@pytest.fixture
def response() -> Any:
    return Variant(asynchronous=False, context=False).stream(MIXED)


def test_parts_by_kind(response: Any) -> None:
    response.finish()
    assert [part.type for part in response.content] == [
        "text", "text", "provider_tool_call", "provider_tool_output", "image", "audio",
    ]  # fmt: skip
    assert [text.citations for text in response.texts] == [[CITED], [CITED]]
    assert response.images == [PICTURE]
    assert [audio.transcript for audio in response.audios] == ["Good day"]
    assert response.tool_calls == []


def test_every_way_of_reading(response: Any) -> None:
    assert list(response.chunk_stream()) == MIXED
    assert "".join(response.text_stream()) == "So\nbe it" == response.text()
    assert "".join(response.pretty_stream()) == response.pretty()
    assert [type(stream).__name__ for stream in response.streams()] == ["TextStream"] * 2


def test_what_was_saved_comes_back(response: Any) -> None:
    response.finish()
    again = type(response).from_json(response.to_json())
    assert again.content == response.content
    assert again.events == response.events


def test_a_whole_answer_holds_them_too(response: Any) -> None:
    response.finish()
    answer = llm.messages.assistant(response.content, model_id="test/m", provider_id="test")
    whole = llm.Response(
        raw=None, provider_id="test", model_id="test/m", provider_model_name="m", params={},
        tools=None, input_messages=[llm.messages.user("Hi")], assistant_message=answer,
        finish_reason=None, usage=None,
    )  # fmt: skip
    assert (whole.images, whole.audios) == (response.images, response.audios)
    assert fold(whole_events := whole._events_until_now("saved")).content == whole.content
    assert whole_events[-1] == AnswerEnd(state="complete")
    assert type(whole).from_json(whole.to_json()).content == whole.content


def test_a_text_that_never_began_cannot_be_cited() -> None:
    with pytest.raises(RuntimeError, match="citation_chunk for unknown text"):
        fold([llm.CitationChunk(id="x", citation=CITED)])


@pytest.mark.parametrize("rate", ["0", "4294967296", "9" * 30])
def test_a_rate_that_no_file_can_have_is_the_usual_one(rate: str) -> None:
    [audio] = fold(speech(f"audio/pcm;rate={rate}")).audios
    with wave.open(io.BytesIO(base64.b64decode(audio.source.data))) as wav:
        assert wav.getframerate() == 24_000
