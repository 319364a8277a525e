"""What is read of the generateContent wire: only these fields, and every one may be missing.

Source: https://ai.google.dev/api/generate-content (2025-11); `partialArgs` and `willContinue` are
Vertex AI's. Parts that are not plain text are also read as they came, since a turn has to be sent
back with every field it had.
"""

from __future__ import annotations

import msgspec

from mirascope.llm.providers.encoding import ABSENT

__all__ = [
    "Answer",
    "Blob",
    "Call",
    "Candidate",
    "Content",
    "Grounding",
    "Part",
    "PartialArg",
    "PromptFeedback",
    "RawAnswer",
    "RawCandidate",
    "RawContent",
    "ServerCall",
    "UrlContext",
    "Usage",
]


class PartialArg(msgspec.Struct, rename="camel"):
    """A piece of one argument of a call that is still being generated."""

    json_path: str = "$"
    string_value: str | None = None
    number_value: int | float | None = None
    bool_value: bool | None = None


class Call(msgspec.Struct, rename="camel"):
    """A function call, or a piece of one."""

    id: str | None = None
    name: str | None = None
    args: msgspec.Raw = ABSENT
    partial_args: list[PartialArg] | None = None
    will_continue: bool | None = None


class ServerCall(msgspec.Struct, rename="camel"):
    """A call of a tool that the server runs itself."""

    tool_type: str | None = None


class Blob(msgspec.Struct, rename="camel"):
    """An image, or sound, that the model made."""

    mime_type: str = ""
    data: str = ""


class Part(msgspec.Struct, rename="camel"):
    """The fields of a part that mean something to a reader."""

    text: str | None = None
    thought: bool | None = None
    thought_signature: str | None = None
    function_call: Call | None = None
    executable_code: object = None
    code_execution_result: object = None
    inline_data: Blob | None = None
    tool_call: ServerCall | None = None


class Content(msgspec.Struct):
    """A turn, or as much of it as there is in a chunk."""

    parts: list[Part] | None = None


class Grounding(msgspec.Struct, rename="camel"):
    """What an answer is based on."""

    web_search_queries: list[str] | None = None


class UrlContext(msgspec.Struct, rename="camel"):
    """The pages that were read for an answer."""

    url_metadata: list[msgspec.Raw] | None = None


class Candidate(msgspec.Struct, rename="camel"):
    """One of the answers; only the first is read."""

    index: int | None = None
    content: Content | None = None
    finish_reason: str | int | None = None
    finish_message: str | None = None
    grounding_metadata: Grounding | None = None
    url_context_metadata: UrlContext | None = None


class PromptFeedback(msgspec.Struct, rename="camel"):
    """What the vendor thinks of the prompt."""

    block_reason: str | None = None
    block_reason_message: str | None = None


class Usage(msgspec.Struct, rename="camel"):
    """Token counts; the prompt includes what came from the cache, candidates exclude thoughts."""

    prompt_token_count: int | float | None = None
    tool_use_prompt_token_count: int | float | None = None
    candidates_token_count: int | float | None = None
    thoughts_token_count: int | float | None = None
    cached_content_token_count: int | float | None = None


class Answer(msgspec.Struct, rename="camel"):
    """A whole answer, or a chunk of one."""

    candidates: list[Candidate] | None = None
    prompt_feedback: PromptFeedback | None = None
    usage_metadata: Usage | None = None
    error: msgspec.Raw = ABSENT


class RawContent(msgspec.Struct):
    """A turn with its parts as they came."""

    parts: list[dict[str, object]] | None = None


class RawCandidate(msgspec.Struct, rename="camel"):
    """A candidate with its parts as they came."""

    index: int | None = None
    content: RawContent | None = None
    grounding_metadata: dict[str, object] | None = None
    url_context_metadata: dict[str, object] | None = None


class RawAnswer(msgspec.Struct, rename="camel"):
    """An answer, or a chunk of one, as it came."""

    candidates: list[RawCandidate] | None = None
    usage_metadata: dict[str, object] | None = None
