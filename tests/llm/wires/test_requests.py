"""What a codec asks for, the wire reads: `read(encode(request))` is the request."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.content import (
    Audio,
    Base64AudioSource,
    Base64DocumentSource,
    Base64ImageSource,
    Base64VideoSource,
    Document,
    Image,
    Text,
    TextDocumentSource,
    Thought,
    ToolCall,
    ToolOutput,
    Video,
)
from mirascope.llm.messages import AssistantMessage, Message
from mirascope.llm.responses.chunks import Event
from mirascope.llm.responses.fold import fold
from mirascope.llm.tools import Tool, ToolParameterSchema, WebSearchTool
from tests.llm.providers.traffic import SHOWN, request
from tests.llm.wires.sides import SIDES, Side
from tests.llm.wires.test_answers import JSON, NAMES, OBJECTS, answers

SIDE = pytest.mark.parametrize("side", SIDES, ids=repr)

# --- messages in a form in which they can be compared


@dataclass(frozen=True)
class Turn:
    """What one side says until the other does. Parts are in the form of our own, but plain."""

    role: str
    parts: tuple[Any, ...]


def plain(part: Any) -> Any:
    match part:
        case ToolCall():
            return replace(part, args=("json", json_of(part.args)))  # type: ignore[arg-type]
        case ToolOutput():
            return replace(part, error=part.error and str(part.error))  # type: ignore[arg-type]
        case _:
            return part


def json_of(args: str) -> object:
    try:
        return json.loads(args)
    except ValueError:
        return ("text", args)


def turns(messages: Sequence[Message]) -> tuple[Turn, ...]:
    """Return the conversation: who is called what, by whom, and in how many messages, is left out.

    Calls are numbered, since a wire may give them other ids; outputs have the number of the last
    call that had their id.
    """
    found: list[Turn] = []
    numbers: dict[str, str] = {}
    for message in messages:
        content = [message.content] if message.role == "system" else message.content
        parts: list[Any] = []
        for part in content:
            kept = plain(part)
            if isinstance(part, ToolCall):
                numbers[part.id] = str(
                    sum(isinstance(p, ToolCall) for t in found for p in t.parts)
                    + sum(isinstance(p, ToolCall) for p in parts)
                )
                kept = replace(kept, id=numbers[part.id])
            elif isinstance(part, ToolOutput):
                kept = replace(kept, id=numbers.get(part.id, ""))
            parts.append(kept)
        if found and found[-1].role == message.role:
            found[-1] = Turn(message.role, (*found[-1].parts, *parts))
        else:
            found.append(Turn(message.role, tuple(parts)))
    return joined(found)


def joined(found: Sequence[Turn]) -> tuple[Turn, ...]:
    """Return the turns without empty ones, those of one role that follow each other as one."""
    out: list[Turn] = []
    for turn in found:
        if turn.parts and out and out[-1].role == turn.role:
            out[-1] = Turn(turn.role, (*out[-1].parts, *turn.parts))
        elif turn.parts:
            out.append(turn)
    return tuple(out)


Turns = tuple[Turn, ...]
Loss = Callable[[Turns], Turns]


def each(change: Callable[[Any, str], Any]) -> Loss:
    """Return what `change` makes of every part and its role; None leaves the part out."""

    def lose(conversation: Turns) -> Turns:
        return joined(
            [
                Turn(
                    t.role, tuple(p for part in t.parts if (p := change(part, t.role)) is not None)
                )
                for t in conversation
            ]
        )

    return lose


def no_thought(part: Any, role: str) -> Any:
    return None if isinstance(part, Thought) else part


def output_as_text(part: Any, role: str) -> Any:
    if not isinstance(part, ToolOutput) or isinstance(part.result, str):
        return part
    return replace(part, result=json.dumps(part.result, ensure_ascii=False))


def output_as_documents(part: Any, role: str) -> Any:
    """Objects are documents, and one of them is no list."""
    if not isinstance(part, ToolOutput) or isinstance(part.result, str):
        return part
    found = part.result if isinstance(part.result, list) else [part.result]
    if part.error is None and found and all(isinstance(x, dict) and x for x in found):
        return replace(part, result=found[0] if len(found) == 1 else found)
    return output_as_text(part, role)


def no_error_flag(part: Any, role: str) -> Any:
    return replace(part, error=None) if isinstance(part, ToolOutput) else part


def error_is_its_text(part: Any, role: str) -> Any:
    if not isinstance(part, ToolOutput) or part.error is None:
        return part
    result = part.result or "The tool failed."
    return replace(part, result=result, error=result)


def no_empty_text_of_the_model(part: Any, role: str) -> Any:
    return None if part == Text(text="") and role == "assistant" else part


def no_blank_text(part: Any, role: str) -> Any:
    return None if isinstance(part, Text) and not part.text.strip() else part


def no_blank_text_beside_media(part: Any, role: str) -> Any:
    blank = isinstance(part, ToolOutput) and part.media and not str(part.result).strip()
    return replace(part, result="") if blank else part


def no_blank_instructions(part: Any, role: str) -> Any:
    return no_blank_text(part, role) if role == "system" else part


def no_empty_instructions(part: Any, role: str) -> Any:
    return None if role == "system" and part == Text(text="") else part


def text_type(part: Any, role: str) -> Any:
    if isinstance(part, ToolOutput):
        return replace(part, media=[text_type(medium, role) for medium in part.media])
    if isinstance(part, Document) and isinstance(part.source, TextDocumentSource):
        return Document(source=replace(part.source, media_type="text/plain"))
    return part


def text_type_but_html(part: Any, role: str) -> Any:
    if isinstance(part, ToolOutput):
        return replace(part, media=[text_type_but_html(medium, role) for medium in part.media])
    is_html = isinstance(part, Document) and getattr(part.source, "media_type", "") == "text/html"
    return part if is_html else text_type(part, role)


def args_in_an_object(part: Any, role: str) -> Any:
    """What a model wrote instead of an object is kept in one; blank arguments are an empty one."""
    if not isinstance(part, ToolCall):
        return part
    _, value = part.args  # type: ignore[misc]  # plain
    if isinstance(value, dict):
        return part
    text = value[1] if isinstance(value, tuple) else json.dumps(value)
    wrapped = {"invalid_arguments": text} if text.strip() else {}
    return replace(part, args=("json", wrapped))  # type: ignore[arg-type]


def no_blank_args(part: Any, role: str) -> Any:
    if not isinstance(part, ToolCall) or not isinstance(part.args[1], tuple):
        return part
    text = part.args[1][1]
    return part if text.strip() else replace(part, args=("json", {}))  # type: ignore[arg-type]


def unwrapped(part: Any, role: str) -> Any:
    """The wire takes objects only, so an object may be an output, or what holds one."""
    if not isinstance(part, ToolOutput):
        return part
    result, failed = part.result, part.error is not None
    if not failed and isinstance(result, dict) and len(result) == 1:
        name, value = next(iter(result.items()))
        if name in ("output", "result", "error"):
            result, failed = value, name == "error"
    text = (
        result
        if isinstance(result, str)
        else json.dumps(result, ensure_ascii=False, separators=(",", ":"))
    )
    return replace(part, result=result, error=text if failed else None)  # type: ignore[arg-type]


def texts_then_calls(conversation: Turns) -> Turns:
    def kind(part: Any) -> bool:
        return isinstance(part, ToolCall)

    return tuple(
        Turn(t.role, tuple(sorted(t.parts, key=kind))) if t.role == "assistant" else t
        for t in conversation
    )


def outputs_first(conversation: Turns) -> Turns:
    return tuple(
        Turn(t.role, tuple(sorted(t.parts, key=lambda part: not isinstance(part, ToolOutput))))
        for t in conversation
    )


def media_apart(conversation: Turns) -> Turns:
    """Media that tools returned are said by the user, after all outputs of the turn."""

    def apart(turn: Turn) -> Turn:
        outputs = [part for part in turn.parts if isinstance(part, ToolOutput)]
        moved: list[Any] = []
        for output in outputs:
            if output.media:
                text = f"From the output of the tool {output.name}:"
                moved += [Text(text=text), *output.media]
        parts = [without(part) for part in turn.parts]
        end = 1 + max(
            (n for n, part in enumerate(parts) if isinstance(part, ToolOutput)), default=0
        )
        return Turn(turn.role, (*parts[:end], *moved, *parts[end:]))

    def without(part: Any) -> Any:
        if not isinstance(part, ToolOutput) or not part.media:
            return part
        told = "The output follows, in a message of the user."
        return replace(part, media=[], result=told if part.result == "" else part.result)

    return tuple(map(apart, conversation))


def documents_first(conversation: Turns) -> Turns:
    documents = tuple(p for t in conversation for p in t.parts if isinstance(p, Document))
    rest = [
        Turn(t.role, tuple(p for p in t.parts if not isinstance(p, Document))) for t in conversation
    ]
    start = next((n for n, turn in enumerate(rest) if turn.role != "system"), len(rest))
    return joined([*rest[:start], Turn("user", documents), *rest[start:]])


def late_instructions_of_the_user(conversation: Turns) -> Turns:
    out: list[Turn] = []
    for number, turn in enumerate(conversation):
        if turn.role == "system" and number:
            texts = [f"<system>\n{part.text}\n</system>" for part in turn.parts]
            out.append(Turn("user", tuple(Text(text=text) for text in texts)))
        else:
            out.append(turn)
    return joined(out)


def one_instruction(conversation: Turns) -> Turns:
    if not conversation or conversation[0].role != "system":
        return conversation
    text = "\n".join(part.text for part in conversation[0].parts)
    return (Turn("system", (Text(text=text),)), *conversation[1:])


EVERYWHERE: dict[str, Loss] = {
    "thoughts": each(no_thought),  # a vendor takes back its own only, in the raw message
}
LOSSES: dict[str, dict[str, Loss]] = {
    "chat": {
        **EVERYWHERE,
        "that media are of an output": media_apart,
        "the type of an output": each(output_as_text),
        "that a tool failed": each(no_error_flag),
        "blank arguments": each(no_blank_args),
        "a text of the model without a text": each(no_empty_text_of_the_model),
        "texts and calls in turn": texts_then_calls,  # a message has a field for each
        "outputs after texts": outputs_first,  # refused
    },
    "responses": {
        **EVERYWHERE,
        "the type of an output": each(output_as_text),
        "that a tool failed": each(no_error_flag),
        "blank arguments": each(no_blank_args),
    },
    "messages": {
        **EVERYWHERE,
        "blank texts beside media": each(no_blank_text_beside_media),
        "blank texts": each(no_blank_text),  # refused
        "late instructions": late_instructions_of_the_user,
        "several instructions": one_instruction,
        "the type of an output": each(output_as_text),
        "how a tool failed, but for the text": each(error_is_its_text),
        "arguments that are no object": each(args_in_an_object),
        "what kind of text a document is": each(text_type),
        "outputs after texts": outputs_first,  # refused
    },
    "generate_content": {
        **EVERYWHERE,
        "that media are of an output": media_apart,
        "blank instructions": each(no_blank_instructions),
        "late instructions": late_instructions_of_the_user,
        "a text of the model without a text": each(no_empty_text_of_the_model),
        "how a tool failed, but for the text": each(unwrapped),
        "arguments that are no object": each(args_in_an_object),
        "outputs after texts": outputs_first,
    },
    "cohere": {
        **EVERYWHERE,
        "that media are of an output": media_apart,
        "blank instructions": each(no_empty_instructions),
        "the type of an output that is no object": each(output_as_documents),
        "that a tool failed": each(no_error_flag),
        "blank arguments": each(no_blank_args),
        "a text of the model without a text": each(no_empty_text_of_the_model),
        "texts and calls in turn": texts_then_calls,
        "what kind of text a document is": each(text_type),
        "which message a document is in": documents_first,
        "outputs after texts": outputs_first,
    },
}
LOSSES["invoke"] = LOSSES["messages"]
LOSSES["converse"] = {
    **LOSSES["messages"],
    "what kind of text a document is": each(text_type_but_html),
}
# Beside these, on every wire: names of users and who answered, which no wire has; ids of calls
# where they come twice; and where one message of a side ends and its next begins.

# --- conversations

DATA = st.binary(max_size=9).map(lambda data: base64.b64encode(data).decode())
URLS = st.from_regex(r"https://[a-z]{1,8}\.test/[a-z]{0,4}", fullmatch=True)
WORDS = st.text(max_size=8)


def image(*types: str) -> st.SearchStrategy[Image]:
    return st.builds(
        lambda kind, data: Image(
            source=Base64ImageSource(type="base64_image_source", mime_type=kind, data=data)
        ),
        st.sampled_from(types),
        DATA,
    )


def audio(*types: str) -> st.SearchStrategy[Audio]:
    return st.builds(
        lambda kind, data: Audio(
            source=Base64AudioSource(type="base64_audio_source", mime_type=kind, data=data)
        ),
        st.sampled_from(types),
        DATA,
    )


def video(*types: str) -> st.SearchStrategy[Video]:
    return st.builds(
        lambda kind, data: Video(
            source=Base64VideoSource(type="base64_video_source", mime_type=kind, data=data)
        ),
        st.sampled_from(types),
        DATA,
    )


PDFS = DATA.map(
    lambda data: Document(
        source=Base64DocumentSource(
            type="base64_document_source", media_type="application/pdf", data=data
        )
    )
)
TEXT_DOCUMENTS = st.builds(
    lambda kind, data: Document(
        source=TextDocumentSource(type="text_document_source", media_type=kind, data=data)
    ),
    st.sampled_from(["text/plain", "text/html", "application/json", "text/x-python"]),
    WORDS,
)
IMAGE_URLS, DOCUMENT_URLS = URLS.map(Image.from_url), URLS.map(Document.from_url)
BUCKETS = st.from_regex(r"s3://[a-z]{1,8}/[a-z]{0,4}(\.png|\.pdf)?", fullmatch=True)
IN_S3 = st.one_of([BUCKETS.map(one.from_url) for one in (Image, Document, Video)])
VIDEO_URLS = URLS.map(Video.from_url)
YOUTUBE = st.sampled_from(
    ["https://www.youtube.com/watch?v=9hE5-98ZeCg", "https://youtu.be/9hE5-98ZeCg"]
).map(Video.from_url)
ANY_IMAGE = image("image/png", "image/jpeg", "image/gif", "image/webp", "image/heic")
DOCUMENTS = PDFS | TEXT_DOCUMENTS
MEDIA: dict[str, st.SearchStrategy[Any]] = {
    "chat": ANY_IMAGE
    | IMAGE_URLS
    | audio("audio/wav", "audio/mp3")
    | DOCUMENTS
    | video("video/mp4", "video/avi", "video/x-matroska")
    | VIDEO_URLS,
    "responses": ANY_IMAGE | IMAGE_URLS | DOCUMENTS | DOCUMENT_URLS,
    "messages": image("image/png", "image/jpeg", "image/gif", "image/webp")
    | IMAGE_URLS
    | DOCUMENTS
    | DOCUMENT_URLS,
    "generate_content": ANY_IMAGE
    | audio("audio/wav", "audio/ogg", "audio/flac")
    | DOCUMENTS
    | video("video/mp4", "video/quicktime", "video/avi")
    | YOUTUBE,
    "cohere": ANY_IMAGE | IMAGE_URLS | TEXT_DOCUMENTS,
    "converse": image("image/png", "image/jpeg", "image/gif", "image/webp")
    | audio("audio/wav", "audio/mp3", "audio/flac")
    | video("video/mp4", "video/quicktime", "video/x-matroska", "video/3gpp", "video/wmv")
    | DOCUMENTS
    | IN_S3,
}
MEDIA["invoke"] = MEDIA["messages"]
RETURNED = {
    wire: media.filter(lambda part: not isinstance(part, Video)) for wire, media in MEDIA.items()
}
"""What a tool may return: no video, and to Converse nothing that sounds."""
RETURNED["converse"] = RETURNED["converse"].filter(lambda part: not isinstance(part, Audio))
VIDEO = video("video/mp4") | VIDEO_URLS
REFUSED: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "chat": {
        "documents by address": DOCUMENT_URLS,
        "other audio": audio("audio/ogg"),
        "video": VIDEO,
    },
    "responses": {"audio": audio("audio/wav"), "video": VIDEO},
    "messages": {
        "audio": audio("audio/wav"),
        "other images": image("image/heic"),
        "video": VIDEO,
    },
    "generate_content": {
        "images by address": IMAGE_URLS,
        "documents by address": DOCUMENT_URLS,
        "videos by another address": VIDEO_URLS,
        "other videos": video("video/x-matroska"),
    },
    "cohere": {
        "audio": audio("audio/wav"),
        "documents by address": DOCUMENT_URLS,
        "documents that are not text": PDFS,
        "video": VIDEO,
    },
    "converse": {
        "images by address": IMAGE_URLS,
        "documents by address": DOCUMENT_URLS,
        "videos by address": VIDEO_URLS,
        "other images": image("image/heic"),
        "other videos": video("video/avi"),
    },
}
REFUSED["invoke"] = REFUSED["messages"]


# Nobody here has heard of the first, so it takes all.
HEARING = {
    "chat": "openai/gpt-omni",
    "cohere": "cohere/command-a-vision-07-2025",
    "converse": "bedrock/us.amazon.nova-2-omni-v1:0",
}
"""Models that hear or see, so that what is refused the wire refuses."""
TAKES_VIDEO: dict[str, Any] = {"chat": {"capabilities": {"video": True}}}
"""Where it has to be said that a server has a form for it."""


def answered(parts: list[Any]) -> AssistantMessage:
    return llm.messages.assistant(parts, model_id=None, provider_id=None)


@st.composite
def conversations(draw: st.DrawFn, wire: str) -> list[Message]:
    media = MEDIA[wire]
    messages: list[Message] = [llm.messages.system(t) for t in draw(st.lists(WORDS, max_size=2))]
    messages.append(
        llm.messages.user(
            ["Hi.", *draw(st.lists(WORDS.map(lambda t: Text(text=t)) | media, max_size=3))]
        )
    )
    for _ in range(draw(st.integers(0, 3))):
        match draw(st.sampled_from(["system", "user", "answer", "tools"])):
            case "system":
                messages.append(llm.messages.system(draw(WORDS)))
            case "user":
                more = draw(st.lists(media | WRITTEN, max_size=2))
                messages.append(llm.messages.user([*more, Text(text="And?")]))
            case "answer":
                messages.append(answered(draw(st.lists(SPOKEN, min_size=1, max_size=3))))
            case _:
                calls = draw(CALLS)
                said = draw(
                    st.permutations([*calls, *draw(st.lists(st.one_of(SPOKEN), max_size=2))])
                )
                messages.append(answered(said))
                outputs: list[Any] = [draw(output_of(call, wire)) for call in calls]
                if draw(st.booleans()):
                    outputs = draw(st.permutations([*outputs, Text(text="There.")]))
                messages.append(llm.messages.user(outputs))
    return messages


WRITTEN = WORDS.map(lambda text: Text(text=text))
SPOKEN = WRITTEN | WORDS.map(lambda thought: Thought(thought=thought))
CALLS = st.lists(
    st.builds(
        lambda id, name, args: ToolCall(id=id, name=name, args=args),
        # Ids of other vendors, too, and one id for several calls, as some number them.
        st.sampled_from(["call_0", "functions.f:0", "toolu_1", "é"]),
        NAMES,
        OBJECTS.map(json.dumps) | st.sampled_from(["", " ", "nonsense", "[1]"]),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda call: call.id,
)


def output_of(call: ToolCall, wire: str) -> st.SearchStrategy[ToolOutput[Any]]:
    def failed(text: str) -> ToolOutput[Any]:
        error = llm.ToolExecutionError(text)
        return ToolOutput(id=call.id, name=call.name, result=text, error=error)

    worked = st.builds(
        lambda result, media: ToolOutput(id=call.id, name=call.name, result=result, media=media),
        JSON | st.fixed_dictionaries({"output": JSON}),
        st.just([]) | st.lists(RETURNED[wire], max_size=2),
    )
    return worked | WORDS.map(failed)


@SIDE
@given(data=st.data())
def test_a_conversation_is_read_as_it_was_meant(side: Side, data: st.DataObject) -> None:
    messages = data.draw(conversations(side.wire.name))
    if side.wire.name in ("messages", "invoke"):
        # Anthropic refuses a beginning that ends with white space; any text may come to be its end.
        for message in takewhile(lambda one: one.role == "assistant", reversed(messages)):
            for part in message.content:
                said = getattr(part, "text", None) or getattr(part, "transcript", None) or ""
                assume(said == said.rstrip())
    question = request(
        HEARING.get(side.wire.name, side.model_id),
        messages,
        **TAKES_VIDEO.get(side.wire.name, {}),
    )
    found = turns(side.read(question).messages)
    expected = turns(messages)
    for lose in LOSSES[side.wire.name].values():
        expected = lose(expected)
    assert found == expected


@SIDE
@given(data=st.data())
def test_what_a_wire_does_not_take_is_refused(side: Side, data: st.DataObject) -> None:
    part = data.draw(st.one_of(list(REFUSED[side.wire.name].values())))
    model_id = HEARING.get(side.wire.name, side.model_id)
    with pytest.raises(llm.FeatureNotSupportedError):
        side.codec.encode(request(model_id, [llm.messages.user(part)]))


def no_last_thoughts(conversation: Turns) -> Turns:
    out: list[Turn] = []
    for turn in conversation:
        parts = list(turn.parts)
        while parts and isinstance(parts[-1], Thought):
            parts.pop()
        out.append(replace(turn, parts=tuple(parts)))
    return joined(out)


def neighbours_joined(conversation: Turns) -> Turns:
    out: list[Turn] = []
    for turn in conversation:
        parts: list[Any] = []
        for part in turn.parts:
            last = parts[-1] if parts and type(parts[-1]) is type(part) else None
            if isinstance(part, Text) and last is not None:
                parts[-1] = Text(text=last.text + part.text)
            elif isinstance(part, Thought) and last is not None:
                parts[-1] = Thought(thought=last.thought + part.thought)
            else:
                parts.append(part)
        out.append(replace(turn, parts=tuple(parts)))
    return tuple(out)


NOT_BACK: dict[str, dict[str, Loss]] = {
    "chat": {
        "thoughts": each(no_thought),  # OpenAI shows none here, and other servers mostly want none
        "texts and calls in turn": texts_then_calls,
    },
    "responses": {"thoughts that nothing follows": no_last_thoughts},  # refused
    "messages": {"blank texts": each(no_blank_text)},  # refused
    "generate_content": {"where one text or thought ends": neighbours_joined},
    "cohere": {"texts and calls in turn": texts_then_calls},
    "converse": {"blank texts": each(no_blank_text)},  # refused
    "invoke": {"blank texts": each(no_blank_text)},
}


@SIDE
@given(events=answers())
def test_an_answer_comes_back_as_it_was_written(side: Side, events: list[Event]) -> None:
    """The vendor's own record of a turn, signatures and all, is what it gets back."""
    question = request(side.model_id, **SHOWN)
    answer = fold(side.codec.decode(side.wire.body(events, side.read(question), 1), question))
    answer.message.provider_id = question.provider_id
    answer.message.provider_model_name = side.codec.provider_model_name(question)
    outputs = [
        ToolOutput[Any](id=part.id, name=part.name, result="done")
        for part in answer.message.content
        if isinstance(part, ToolCall)
    ]
    then = llm.messages.user([*outputs, "And?"])
    asked = side.read(request(side.model_id, [llm.messages.user("Hi."), answer.message, then]))
    found = [message for message in asked.messages if message.role == "assistant"]
    read, expected = turns(found), turns([answer.message])
    for lose in NOT_BACK[side.wire.name].values():
        read, expected = lose(read), lose(expected)
    assert read == expected
    if side.wire.name != "chat" and expected:
        (turn,) = found
        raw = without_trailing_reasoning(answer.message.raw_message)
        assert turn.raw_message is None or without_marks(turn.raw_message) == raw
        signed = any(part.type == "thought" for part in answer.message.content)
        assert turn.raw_message is not None or not signed or side.wire.name == "responses"


def without_trailing_reasoning(raw: Any) -> Any:
    items = list(raw) if isinstance(raw, list) else raw
    while isinstance(items, list) and items and items[-1]["type"] == "reasoning":
        items.pop()
    return items


def without_marks(raw: Any) -> Any:
    """Return a turn without the marks for the cache that are added to it."""
    if isinstance(raw, dict):
        return {key: without_marks(value) for key, value in raw.items() if key != "cache_control"}
    return [without_marks(item) for item in raw] if isinstance(raw, list) else raw


# --- tools

TOOL_NAMES = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_-]{0,11}", fullmatch=True)
TYPES = st.sampled_from(["string", "integer", "boolean", "number"])


@st.composite
def tools(draw: st.DrawFn) -> Tool:
    properties = draw(st.dictionaries(NAMES, TYPES.map(lambda kind: {"type": kind}), max_size=3))
    return Tool(
        lambda **values: None,
        name=draw(TOOL_NAMES),
        description=draw(WORDS),
        parameters=ToolParameterSchema(
            properties=properties,
            required=[name for name in properties if draw(st.booleans())],
        ),
        strict=draw(st.sampled_from([None, False])),
    )


TOOLS = st.lists(tools(), min_size=1, max_size=3, unique_by=lambda tool: tool.name)
SEARCH = {
    "responses": "web_search",
    "messages": "web_search",
    "generate_content": "googleSearch",
}
"""What the web search is called; Chat Completions has none."""
NO_STRICT = {"generate_content"}
"""Wires on which nothing is said about tools being strict."""
NO_NONE = {"converse"}
"""Wires without a word for calling none of the tools: then none are offered."""


@SIDE
@given(data=st.data(), offered=TOOLS, search=st.booleans())
def test_tools_are_read_as_they_were_meant(
    side: Side, data: st.DataObject, offered: list[Tool], search: bool
) -> None:
    names = [tool.name for tool in offered]
    choice = data.draw(st.sampled_from([None, "auto", "none", "required", *names]))
    search = search and side.wire.name in SEARCH
    asked = side.read(
        request(
            side.model_id,
            tools=[*offered, *([WebSearchTool()] if search else [])],
            **({} if choice is None else {"tool_choice": choice}),
        )
    )
    if side.wire.name == "cohere":
        if choice in names:  # it cannot be named, so it is the only one that is offered
            offered, choice = [tool for tool in offered if tool.name == choice], "required"
        choice = None if choice == "auto" else choice  # which is what nothing said means
    if choice == "none" and side.wire.name in NO_NONE:
        assert (asked.tools, asked.tool_choice) == ((), None)
        return
    assert asked.tool_choice == choice
    assert asked.server_tools == ((SEARCH[side.wire.name],) if search else ())
    assert [(tool.name, tool.description) for tool in asked.tools] == [
        (tool.name, tool.description) for tool in offered
    ]
    for tool, meant in zip(asked.tools, offered, strict=True):
        properties: Any = tool.schema.get("properties", {})
        assert properties.keys() == meant.parameters.properties.keys()
        assert {str(properties[name]["type"]).lower() for name in properties} == {
            properties["type"] for properties in meant.parameters.properties.values()
        }
        if side.wire.name in NO_STRICT:
            assert tool.strict is None
        elif meant.strict is False:  # else the codec decides, and may demand every argument
            assert not tool.strict
        if not tool.strict:
            required: Any = tool.schema.get("required", [])
            assert sorted(required) == sorted(meant.parameters.required)


# --- formats


class Book(BaseModel):
    title: str
    year: int


FORMATS = {
    ("chat", "strict"): ("Book", True),
    ("chat", "json"): ("", None),
    ("responses", "strict"): ("Book", True),
    ("responses", "json"): ("", None),
    ("messages", "strict"): ("", True),  # the wire has no names for formats
    ("generate_content", "strict"): ("", None),  # nor this one, and all are strict
    ("generate_content", "json"): ("", None),
    ("cohere", "strict"): ("", None),
    ("cohere", "json"): ("", None),
    ("converse", "strict"): ("", True),
    ("invoke", "strict"): ("", True),
}
"""What is said of a format beside its schema; Messages has no mode for JSON of any shape."""


@SIDE
@pytest.mark.parametrize("mode", ["strict", "json", "tool"])
def test_formats_are_read_as_they_were_meant(side: Side, mode: Any) -> None:
    format = llm.format(Book, mode=mode)
    asked = side.read(request(side.model_id, format=format))
    if (side.wire.name, mode) not in FORMATS:
        assert asked.format is None
        offered = [tool.name for tool in asked.tools]
        hidden = format.create_tool_schema().name
        assert offered == ([hidden] if mode == "tool" else [])
        named = "required" if side.wire.name == "cohere" else hidden
        assert asked.tool_choice == (named if mode == "tool" else None)
        return
    assert asked.format is not None
    assert (asked.format.name, asked.format.strict) == FORMATS[side.wire.name, mode]
    if mode == "json":
        assert asked.format.schema is None
    else:
        schema: Any = asked.format.schema
        assert {k: v["type"] for k, v in schema["properties"].items()} == {
            "title": "string",
            "year": "integer",
        }
        assert schema["required"] == ["title", "year"]


# --- parameters

PARAMS = st.fixed_dictionaries(
    {},
    optional={
        "temperature": st.floats(0, 1),
        "top_p": st.floats(0, 1),
        "top_k": st.integers(1, 100),
        "max_tokens": st.integers(1, 10**6),
        "seed": st.integers(0, 2**31),
        "stop_sequences": st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=3),
    },
)
UNKNOWN_PARAMS: dict[str, frozenset[str]] = {
    "chat": frozenset({"top_k"}),
    "responses": frozenset({"top_k", "seed", "stop_sequences"}),
    "messages": frozenset({"seed"}),
    "generate_content": frozenset(),
    "cohere": frozenset(),
    "converse": frozenset({"seed"}),
    "invoke": frozenset({"seed"}),
}
"""What a wire has no word for."""
SAMPLING = {"chat": "openai/gpt-4o", "responses": "openai/gpt-4o"}
"""Models that let themselves be steered, where those that think do not."""


@SIDE
@given(params=PARAMS, stream=st.booleans())
def test_parameters_are_read_as_they_were_meant(
    side: Side, params: dict[str, Any], stream: bool
) -> None:
    if "claude" in side.model_id and "temperature" in params:
        params.pop("top_p", None)  # one of the two is all that its models take
    asked = side.read(request(SAMPLING.get(side.wire.name, side.model_id), stream=stream, **params))
    expected = {k: v for k, v in params.items() if k not in UNKNOWN_PARAMS[side.wire.name]}
    if side.wire.name in ("messages", "invoke"):
        expected.setdefault("max_tokens", 16_000)  # the wire insists on a limit
    if "stop_sequences" in expected:
        expected["stop_sequences"] = tuple(expected["stop_sequences"])
    assert asked.params == expected
    assert asked.stream is stream
    assert asked.model == SAMPLING.get(side.wire.name, side.model_id).partition("/")[2]


LEVELED = {
    "chat": "openai/gpt-5-mini",
    "responses": "openai/gpt-5-mini",
    "messages": "anthropic/claude-opus-4-7",
    "generate_content": "google/gemini-3-flash",
    "converse": "bedrock/anthropic.claude-opus-4-7",
    "invoke": "bedrock:anthropic/anthropic.claude-opus-4-7",
}
"""Models that are told a level, not a budget."""
SAYS_WHO_SEES = {"responses", "generate_content"}
"""Wires on which thoughts are asked for; on the others they are what the server shows anyway."""


@pytest.mark.parametrize("side", [side for side in SIDES if side.wire.name in LEVELED], ids=repr)
@pytest.mark.parametrize("show", [False, True])
@pytest.mark.parametrize("level", ["low", "medium", "high"])
def test_levels_of_thinking_are_read_as_they_were_meant(side: Side, level: str, show: bool) -> None:
    thinking = {"level": level, "include_thoughts": show}
    asked = side.read(request(LEVELED[side.wire.name], thinking=thinking)).thinking
    assert asked is not None
    assert (asked.level, asked.budget) == (level, None)
    assert asked.show is (show if side.wire.name in SAYS_WHO_SEES else True)


@pytest.mark.parametrize("side", SIDES[2:], ids=repr)
def test_budgets_of_thinking_are_read_as_they_were_meant(side: Side) -> None:
    def budget(level: str) -> int:
        asked = side.read(request(side.model_id, thinking={"level": level})).thinking
        assert asked is not None
        assert asked.budget is not None
        return asked.budget

    assert budget("low") == 3200  # a fifth of the limit
    assert budget("low") < budget("medium") < budget("high")


@SIDE
def test_no_thinking_is_read_as_none(side: Side) -> None:
    model_id = {"chat": "openai/gpt-5.1", "responses": "openai/gpt-5.1"}.get(
        side.wire.name, side.model_id
    )
    asked = side.read(request(model_id, thinking={"level": "none"})).thinking
    assert asked is not None
    assert asked.level == "none"
    assert side.read(request(model_id)).thinking is None
