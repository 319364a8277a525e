"""What messages are made of: parts, and the chunks that parts stream in."""

from __future__ import annotations

from typing import TypeAlias

from mirascope.llm.content.audio import (
    Audio,
    AudioChunk,
    AudioEndChunk,
    AudioMimeType,
    AudioStartChunk,
    Base64AudioSource,
)
from mirascope.llm.content.citation import Citation, CitationChunk
from mirascope.llm.content.document import (
    Base64DocumentSource,
    Document,
    TextDocumentSource,
    URLDocumentSource,
)
from mirascope.llm.content.file import FileSource
from mirascope.llm.content.image import (
    Base64ImageSource,
    Image,
    ImageChunk,
    ImageMimeType,
    URLImageSource,
)
from mirascope.llm.content.provider_tool import (
    ProviderToolCall,
    ProviderToolCallChunk,
    ProviderToolCallEndChunk,
    ProviderToolCallStartChunk,
    ProviderToolOutput,
    ProviderToolOutputChunk,
)
from mirascope.llm.content.text import Text, TextChunk, TextEndChunk, TextStartChunk
from mirascope.llm.content.thought import (
    Thought,
    ThoughtChunk,
    ThoughtEndChunk,
    ThoughtStartChunk,
)
from mirascope.llm.content.tool_call import (
    ToolCall,
    ToolCallChunk,
    ToolCallEndChunk,
    ToolCallStartChunk,
)
from mirascope.llm.content.tool_output import ToolOutput
from mirascope.llm.content.video import (
    Base64VideoSource,
    URLVideoSource,
    Video,
    VideoMimeType,
)
from mirascope.llm.types.jsonable import Jsonable

__all__ = [
    "AssistantContentChunk",
    "AssistantContentPart",
    "Audio",
    "AudioChunk",
    "AudioEndChunk",
    "AudioMimeType",
    "AudioStartChunk",
    "Base64AudioSource",
    "Base64DocumentSource",
    "Base64ImageSource",
    "Base64VideoSource",
    "Citation",
    "CitationChunk",
    "ContentPart",
    "Document",
    "FileSource",
    "Image",
    "ImageChunk",
    "ImageMimeType",
    "ProviderToolCall",
    "ProviderToolCallChunk",
    "ProviderToolCallEndChunk",
    "ProviderToolCallStartChunk",
    "ProviderToolOutput",
    "ProviderToolOutputChunk",
    "Text",
    "TextChunk",
    "TextDocumentSource",
    "TextEndChunk",
    "TextStartChunk",
    "Thought",
    "ThoughtChunk",
    "ThoughtEndChunk",
    "ThoughtStartChunk",
    "ToolCall",
    "ToolCallChunk",
    "ToolCallEndChunk",
    "ToolCallStartChunk",
    "ToolOutput",
    "URLDocumentSource",
    "URLImageSource",
    "URLVideoSource",
    "UserContentPart",
    "Video",
    "VideoMimeType",
]

UserContentPart: TypeAlias = Text | Image | Audio | Document | Video | ToolOutput[Jsonable]
"""What a user message may hold."""

AssistantContentPart: TypeAlias = (
    Text | ToolCall | Thought | ProviderToolCall | ProviderToolOutput | Image | Audio
)
"""What a model's answer may hold."""

ContentPart: TypeAlias = (
    Text
    | Image
    | Audio
    | Document
    | Video
    | ToolOutput[Jsonable]
    | ToolCall
    | Thought
    | ProviderToolCall
    | ProviderToolOutput
)
"""Any part of any message."""

AssistantContentChunk: TypeAlias = (
    TextStartChunk
    | TextChunk
    | TextEndChunk
    | ThoughtStartChunk
    | ThoughtChunk
    | ThoughtEndChunk
    | ToolCallStartChunk
    | ToolCallChunk
    | ToolCallEndChunk
    | CitationChunk
    | ProviderToolCallStartChunk
    | ProviderToolCallChunk
    | ProviderToolCallEndChunk
    | ProviderToolOutputChunk
    | ImageChunk
    | AudioStartChunk
    | AudioChunk
    | AudioEndChunk
)
"""What `chunk_stream()` yields."""
