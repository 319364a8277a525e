"""Messages, and short ways to build them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from types import CoroutineType
from typing import Annotated, Literal, TypeAlias, TypeVar, cast

from typing_extensions import TypeIs

from mirascope.llm.content import (
    AssistantContentPart,
    Audio,
    Base64AudioSource,
    Base64DocumentSource,
    Base64ImageSource,
    Base64VideoSource,
    Document,
    FileSource,
    Image,
    ProviderToolCall,
    ProviderToolOutput,
    Text,
    TextDocumentSource,
    Thought,
    ToolCall,
    ToolOutput,
    URLDocumentSource,
    URLImageSource,
    URLVideoSource,
    UserContentPart,
    Video,
)
from mirascope.llm.content.json_form import ByTag, JsonForm
from mirascope.llm.types.jsonable import Jsonable
from mirascope.llm.types.refusals import require

__all__ = [
    "Askable",
    "AssistantContent",
    "AssistantMessage",
    "Message",
    "SystemContent",
    "SystemMessage",
    "UserContent",
    "UserMessage",
    "assistant",
    "is_messages",
    "promote_to_messages",
    "system",
    "user",
]

_PartT = TypeVar("_PartT")


@dataclass(kw_only=True)
class SystemMessage:
    """Instructions that stand above the conversation."""

    role: Literal["system"] = "system"
    content: Text


@dataclass(kw_only=True)
class UserMessage:
    """What the user, or a tool on the user's side, says."""

    role: Literal["user"] = "user"
    content: Sequence[Annotated[UserContentPart, ByTag("type")]]
    name: str | None = None


@dataclass(kw_only=True)
class AssistantMessage:
    """What a model said."""

    role: Literal["assistant"] = "assistant"
    content: Sequence[Annotated[AssistantContentPart, ByTag("type")]]
    name: str | None = None
    provider_id: str | None
    """Who answered."""
    model_id: str | None
    """The model id that was asked for."""
    provider_model_name: str | None
    """The provider's own name of the model, with the API mode where a vendor has several."""
    raw_message: Annotated[Jsonable | None, JsonForm()]
    """The turn in the provider's own form, JSON-able. It is sent back as it is when the same
    provider and model continue the conversation, which is how reasoning signatures and
    server-side ids survive."""


Message: TypeAlias = Annotated[SystemMessage | UserMessage | AssistantMessage, ByTag("role")]
UserContent: TypeAlias = str | UserContentPart | Sequence[str | UserContentPart]
AssistantContent: TypeAlias = str | AssistantContentPart | Sequence[str | AssistantContentPart]
SystemContent: TypeAlias = str | Text

Askable: TypeAlias = str | UserContentPart | Message | Sequence[str | UserContentPart | Message]
"""What a model can be asked: the content of one user message, or messages.

It has one kind of list, for of two mypy cannot tell which a list in a call is. That the two are not
mixed is seen when it is asked.
"""

_MESSAGE_TYPES = (SystemMessage, UserMessage, AssistantMessage)
_PARTS: dict[str, tuple[type, ...]] = {
    "system": (Text,),
    "user": (Text, Image, Audio, Document, Video, ToolOutput),
    "assistant": (Text, ToolCall, Thought, ProviderToolCall, ProviderToolOutput, Image, Audio),
}
_MEDIA = (Image, Audio, Document)
_ANY_PART = (*_PARTS["user"], *_PARTS["assistant"])
_TEXT: tuple[type | tuple[type, ...], str] = (str, "text")
_FIELDS: dict[type, tuple[tuple[str, type | tuple[type, ...], str], ...]] = {
    Text: (("text", *_TEXT),),
    Thought: (("thought", *_TEXT),),
    ToolCall: (("id", *_TEXT), ("name", *_TEXT), ("args", *_TEXT)),
    ToolOutput: (
        ("id", *_TEXT),
        ("name", *_TEXT),
        ("media", (list, tuple), "a list of llm.Image, llm.Audio and llm.Document"),
    ),
    ProviderToolCall: (("id", *_TEXT), ("name", *_TEXT), ("args", *_TEXT)),
    ProviderToolOutput: (("id", *_TEXT), ("name", *_TEXT)),
    Image: (
        (
            "source",
            (Base64ImageSource, URLImageSource, FileSource),
            "what llm.Image.from_... makes its source",
        ),
    ),
    Audio: (("source", Base64AudioSource, "what llm.Audio.from_... makes its source"),),
    Document: (
        (
            "source",
            (Base64DocumentSource, TextDocumentSource, URLDocumentSource, FileSource),
            "what llm.Document.from_... makes its source",
        ),
    ),
    Video: (
        (
            "source",
            (Base64VideoSource, URLVideoSource, FileSource),
            "what llm.Video.from_... makes its source",
        ),
    ),
}
"""What is in a part, and what wires read without looking at it again."""


def system(content: SystemContent) -> SystemMessage:
    """Return a system message: what the model is told before all else.

    Args:
        content: Its text, also as a `Text`.

    Raises:
        TypeError: It is something else.
    """
    return SystemMessage(content=_checked(content, _PARTS["system"]))


def user(content: UserContent, *, name: str | None = None) -> UserMessage:
    """Return a user message.

    Args:
        content: One part or a sequence of them, in this order; strings become `Text`. A user's
            message holds texts, images, audio, documents and the outputs of tools.
        name: Who speaks, where several users do; saved with the message, sent to no vendor.

    Raises:
        TypeError: A part is none that a message holds.
    """
    return UserMessage(content=_parts(content), name=name)


def assistant(
    content: AssistantContent,
    *,
    model_id: str | None,
    provider_id: str | None,
    provider_model_name: str | None = None,
    raw_message: Jsonable | None = None,
    name: str | None = None,
) -> AssistantMessage:
    """Return an assistant message, such as one of a conversation that another program had.

    Args:
        content: One part or a sequence of them, in this order; strings become `Text`.
        model_id: Who answered, as in ``"openai/gpt-5-mini"``; None when not known.
        provider_id: Whose answer it is; None when not known.
        provider_model_name: The vendor's own name of the model.
        raw_message: The message as the vendor wrote it, which is sent back to the same model in
            place of `content`.
        name: Who speaks, where several models do; saved with the message, sent to no vendor.

    Raises:
        TypeError: A part is none that a message holds.
    """
    return AssistantMessage(
        content=_parts(content),
        name=name,
        provider_id=provider_id,
        model_id=model_id,
        provider_model_name=provider_model_name,
        raw_message=raw_message,
    )


def _parts(content: str | _PartT | Sequence[str | _PartT]) -> list[_PartT | Text]:
    one = isinstance(content, (str, bytes)) or not isinstance(content, Sequence)
    items = cast("Iterable[str | _PartT]", [content] if one else content)
    return [_checked(item, _ANY_PART) for item in items]


def _checked(part: str | _PartT, kinds: tuple[type, ...]) -> _PartT | Text:
    """Return a part of a message, text as `Text`.

    Raises:
        TypeError: It is none of `kinds`.
    """
    if isinstance(part, str):
        return Text(text=part)
    if isinstance(part, kinds):
        return part
    raise _refused(part, kinds)


def _require_part(part: object, kinds: tuple[type, ...]) -> None:
    """Check a part that is to be sent, and what is in it.

    Raises:
        TypeError: It is none of `kinds`, or was made of what it does not take.
    """
    kind = next((kind for kind in kinds if isinstance(part, kind)), None)
    if kind is None:
        raise _refused(part, kinds)
    for name, taken, accepted in _FIELDS[kind]:
        require(f"llm.{kind.__name__}.{name}", getattr(part, name), taken, accepted)
    if isinstance(part, ToolOutput):
        for medium in part.media:
            _require_part(medium, _MEDIA)


def _refused(part: object, kinds: tuple[type, ...]) -> TypeError:
    accepted = ", ".join(["str", *(f"llm.{kind.__name__}" for kind in kinds)])
    refused = TypeError(
        f"A part of this message has to be one of {accepted}, not {type(part).__name__}."
        f"{_hint(part)}"
    )
    if isinstance(part, CoroutineType):
        part.close()  # or Python warns that nobody awaited it, long after this
    return refused


def _hint(part: object) -> str:
    """Return what was probably meant."""
    match part:
        case dict():
            return " A message is an object here, such as llm.messages.user(...) makes."
        case bytes() | bytearray():
            return " Say what the bytes are, as in llm.Image.from_bytes(...), or decode them."
        case PurePath():
            return " Read the file, as in llm.Image.from_file(...) or path.read_text()."
        case SystemMessage() | UserMessage() | AssistantMessage():
            return " Pass messages in a list of messages, not inside one."
        case CoroutineType():
            return " Nobody awaited it: write await in front of the call that made it."
        case _:
            return ""


def is_messages(content: Askable) -> TypeIs[Sequence[Message]]:
    """Return whether `content` is a sequence of messages rather than the content of one.

    Raises:
        ValueError: The sequence is empty, so it could be either.
        TypeError: Messages and content are mixed.
    """
    if isinstance(content, str) or not isinstance(content, Sequence):
        return False
    if not content:
        raise ValueError("An empty list is neither messages nor message content.")
    are_messages = {isinstance(item, _MESSAGE_TYPES) for item in content}
    if len(are_messages) > 1:
        raise TypeError(
            "Messages and content parts are mixed in one list: pass either messages only, "
            "or the content of one user message."
        )
    return are_messages == {True}


def promote_to_messages(content: Askable) -> Sequence[Message]:
    """Return `content` as messages; anything but messages becomes one user message.

    A list of messages is returned as it is.

    Raises:
        ValueError: The sequence is empty.
        TypeError: It is, or holds, what is neither a message nor a part of one.
    """
    if content is None:  # pyright: ignore[reportUnnecessaryComparison]  # unchecked callers
        raise TypeError("A prompt returned None: return text, content parts or messages.")
    messages: Sequence[Message]
    if isinstance(content, _MESSAGE_TYPES):
        messages = [content]
    elif is_messages(content):
        messages = content
    else:
        messages = [user(cast("UserContent", content))]
    for message in messages:
        _require_sendable(message)
    return messages


def _require_sendable(message: Message) -> None:
    """Refuse what constructors took, which check nothing: strings in the place of parts, too."""
    content: object = message.content
    is_list = isinstance(content, Sequence) and not isinstance(content, (str, bytes))
    parts = cast("Sequence[object]", content if is_list else [content])
    if is_list == (message.role == "system") or any(isinstance(part, str) for part in parts):
        kind = "an llm.Text" if message.role == "system" else "a list of parts, such as llm.Text"
        raise TypeError(
            f"{type(message).__name__}.content has to be {kind}; llm.messages.{message.role}(...) "
            "takes strings, and makes such a message of them."
        )
    for part in parts:
        _require_part(part, _PARTS[message.role])
