"""Parts, sources and chunks as values."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any, get_args

import pytest

from mirascope.llm import content
from mirascope.llm.content import (
    AssistantContentChunk,
    AssistantContentPart,
    Audio,
    AudioChunk,
    AudioEndChunk,
    AudioStartChunk,
    Base64AudioSource,
    Base64DocumentSource,
    Base64ImageSource,
    Base64VideoSource,
    Citation,
    CitationChunk,
    ContentPart,
    Document,
    FileSource,
    Image,
    ImageChunk,
    ProviderToolCall,
    ProviderToolCallChunk,
    ProviderToolCallEndChunk,
    ProviderToolCallStartChunk,
    ProviderToolOutput,
    ProviderToolOutputChunk,
    Text,
    TextChunk,
    TextDocumentSource,
    TextEndChunk,
    TextStartChunk,
    Thought,
    ThoughtChunk,
    ThoughtEndChunk,
    ThoughtStartChunk,
    ToolCall,
    ToolCallChunk,
    ToolCallEndChunk,
    ToolCallStartChunk,
    ToolOutput,
    URLDocumentSource,
    URLImageSource,
    URLVideoSource,
    UserContentPart,
    Video,
)
from mirascope.llm.exceptions import ToolError, ToolExecutionError

IMAGE = Base64ImageSource(type="base64_image_source", data="eA==", mime_type="image/png")
FILM = Base64VideoSource(type="base64_video_source", data="eA==", mime_type="video/mp4")
AUDIO = Base64AudioSource(type="base64_audio_source", data="eA==", mime_type="audio/wav")
PDF = Base64DocumentSource(type="base64_document_source", data="eA==", media_type="application/pdf")
OUTPUT = ProviderToolOutput(id="1", name="n", result=5)
# The class, what to give it, and its fields in order with their values.
VALUES: list[tuple[type, dict[str, Any], dict[str, Any]]] = [
    (Text, {"text": "x"}, {"type": "text", "text": "x", "citations": []}),
    (Thought, {"thought": "x"}, {"type": "thought", "thought": "x"}),
    (
        ToolCall,
        {"id": "1", "name": "n", "args": "{}"},
        {"type": "tool_call", "id": "1", "name": "n", "args": "{}"},
    ),
    (
        ToolOutput,
        {"id": "1", "name": "n", "result": 5},
        {"type": "tool_output", "id": "1", "name": "n", "result": 5, "error": None, "media": []},
    ),
    (
        Citation,
        {},
        {
            "type": "citation",
            "start": None,
            "end": None,
            "url": None,
            "title": None,
            "source": None,
            "cited_text": None,
        },
    ),
    (
        ProviderToolCall,
        {"id": "1", "name": "n", "args": "{}"},
        {"type": "provider_tool_call", "id": "1", "name": "n", "args": "{}"},
    ),
    (
        ProviderToolOutput,
        {"id": "1", "name": "n", "result": 5},
        {"type": "provider_tool_output", "id": "1", "name": "n", "result": 5, "error": None},
    ),
    (Image, {"source": IMAGE}, {"type": "image", "source": IMAGE}),
    (Audio, {"source": AUDIO}, {"type": "audio", "source": AUDIO, "transcript": None}),
    (Document, {"source": PDF}, {"type": "document", "source": PDF}),
    (Video, {"source": FILM}, {"type": "video", "source": FILM}),
    *(
        (cls, {"type": type_, **fields}, {"type": type_, **fields})
        for cls, type_, fields in [
            (
                Base64ImageSource,
                "base64_image_source",
                {"data": "eA==", "mime_type": "image/png"},
            ),
            (URLImageSource, "url_image_source", {"url": "https://x"}),
            (FileSource, "file_source", {"file_id": "f", "provider_id": "openai"}),
            (
                Base64AudioSource,
                "base64_audio_source",
                {"data": "eA==", "mime_type": "audio/wav"},
            ),
            (
                Base64DocumentSource,
                "base64_document_source",
                {"data": "eA==", "media_type": "application/pdf"},
            ),
            (
                TextDocumentSource,
                "text_document_source",
                {"data": "x", "media_type": "text/plain"},
            ),
            (URLDocumentSource, "url_document_source", {"url": "https://x"}),
            (
                Base64VideoSource,
                "base64_video_source",
                {"data": "eA==", "mime_type": "video/mp4"},
            ),
            (URLVideoSource, "url_video_source", {"url": "https://x"}),
        ]
    ),
    *(
        (
            cls,
            fields,
            {"type": type_, "content_type": type_.rsplit("_", 2)[0], "id": None, **fields},
        )
        for cls, type_, fields in [
            (TextStartChunk, "text_start_chunk", {}),
            (TextEndChunk, "text_end_chunk", {}),
            (ThoughtStartChunk, "thought_start_chunk", {}),
            (ThoughtEndChunk, "thought_end_chunk", {}),
            (ToolCallStartChunk, "tool_call_start_chunk", {"id": "1", "name": "n"}),
            (ToolCallEndChunk, "tool_call_end_chunk", {"id": "1"}),
            (
                ProviderToolCallStartChunk,
                "provider_tool_call_start_chunk",
                {"id": "1", "name": "n"},
            ),
            (ProviderToolCallEndChunk, "provider_tool_call_end_chunk", {"id": "1"}),
            (AudioStartChunk, "audio_start_chunk", {"id": "1", "mime_type": "audio/wav"}),
            (AudioEndChunk, "audio_end_chunk", {"id": "1"}),
        ]
    ),
    *(
        (cls, fields, {"type": f"{kind}_chunk", "content_type": kind, **fields, **more})
        for cls, kind, fields, more in [
            (TextChunk, "text", {"delta": "x"}, {"id": None}),
            (ThoughtChunk, "thought", {"delta": "x"}, {"id": None}),
            (ToolCallChunk, "tool_call", {"id": "1", "delta": "x"}, {}),
            (ProviderToolCallChunk, "provider_tool_call", {"id": "1", "delta": "x"}, {}),
            (ProviderToolOutputChunk, "provider_tool_output", {"output": OUTPUT}, {}),
            (CitationChunk, "citation", {"citation": Citation(url="https://x")}, {"id": None}),
            (ImageChunk, "image", {"id": "1", "image": Image(source=IMAGE)}, {"preview": False}),
            (AudioChunk, "audio", {"id": "1"}, {"delta": "", "transcript": ""}),
        ]
    ),
]
every_value = pytest.mark.parametrize(
    ("cls", "given", "fields"), VALUES, ids=[cls.__name__ for cls, _, _ in VALUES]
)


@every_value
def test_fields_and_their_order(cls: type, given: dict[str, Any], fields: dict[str, Any]) -> None:
    value = cls(**given)
    assert {field.name: getattr(value, field.name) for field in dataclasses.fields(value)} == fields
    assert [field.name for field in dataclasses.fields(value)] == list(fields)
    shown = [f"{f.name}={fields[f.name]!r}" for f in dataclasses.fields(value) if f.repr]
    assert repr(value) == f"{cls.__name__}({', '.join(shown)})"


@every_value
def test_values_are_equal_mutable_and_unhashable(
    cls: type, given: dict[str, Any], fields: dict[str, Any]
) -> None:
    assert cls(**given) == cls(**fields)
    changed = cls(**given)
    changed.type = "other"
    assert changed != cls(**given)
    with pytest.raises(TypeError):
        hash(changed)


@every_value
def test_fields_are_given_by_keyword(
    cls: type, given: dict[str, Any], fields: dict[str, Any]
) -> None:
    with pytest.raises(TypeError):
        cls(*fields.values())
    for name in given:
        with pytest.raises(TypeError):
            cls(**{key: value for key, value in given.items() if key != name})


@every_value
def test_values_can_be_copied(cls: type, given: dict[str, Any], fields: dict[str, Any]) -> None:
    value = cls(**given)
    for other in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert type(other) is cls
        assert other == value
    assert dataclasses.replace(value) == value


def test_every_part_is_a_value_tested_here() -> None:
    tested = {cls for cls, _, _ in VALUES}
    assert set(get_args(AssistantContentChunk)) < tested
    for union in (ContentPart, UserContentPart, AssistantContentPart):
        assert {getattr(member, "__origin__", member) for member in get_args(union)} < tested
    assert {cls for cls in map(content.__dict__.get, content.__all__) if isinstance(cls, type)} == (
        tested
    )


def test_the_output_of_a_tool() -> None:
    assert ToolOutput(id="1", name="n", result={"a": 1}).output == {"a": 1}
    error = ToolExecutionError(KeyError("x"))
    failed: ToolOutput[str] = ToolOutput(id="1", name="n", result="'x'", error=error)
    with pytest.raises(ToolError) as caught:
        _ = failed.output
    assert caught.value is error
    assert failed == dataclasses.replace(failed, error=ToolExecutionError(KeyError("x")))
    assert dataclasses.asdict(failed)["error"] == error
    assert pickle.loads(pickle.dumps(failed)) == failed
