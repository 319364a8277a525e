"""Messages to the generateContent wire.

Turns of the same role that follow each other become one, since the answers to one turn's function
calls have to stand in one. A system message in the middle of a conversation has no place of its
own on this wire: it stays where it is, as text of the user in ``<system>`` tags.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import assert_never, cast

from mirascope.llm.content import (
    Audio,
    Base64DocumentSource,
    Base64ImageSource,
    Document,
    Image,
    Text,
    TextDocumentSource,
    Thought,
    ToolCall,
    ToolOutput,
    UserContentPart,
)
from mirascope.llm.exceptions import FeatureNotSupportedError
from mirascope.llm.formatting import FORMAT_TOOL_NAME
from mirascope.llm.messages import AssistantMessage, SystemMessage, UserMessage
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import (
    encode_thoughts,
    parse_json_object,
    reusable_raw,
    thought_as_text,
    tool_output_text,
)
from mirascope.llm.providers.google.decode import UNKNOWN_TOOL_ID
from mirascope.llm.providers.google.models import capabilities
from mirascope.llm.types.jsonable import Jsonable

__all__ = ["encode_contents"]

Part = dict[str, object]

# What the vendor accepts in place of the signature of a call that one of its models did not make:
# https://ai.google.dev/gemini-api/docs/thought-signatures (2026-01), "FAQs".
NO_SIGNATURE = "skip_thought_signature_validator"


def encode_contents(request: Request, start: int) -> list[dict[str, object]]:
    """Return the messages from index `start` on.

    Raises:
        FeatureNotSupportedError: The wire has no form for some part, or a user message is empty.
    """
    turns: list[tuple[str, list[Part]]] = []
    for message in request.messages[start:]:
        match message:
            case SystemMessage():
                role, parts = "user", _late_system(message)
            case UserMessage():
                role, parts = "user", [_user_part(part, request) for part in message.content]
                if not parts:
                    raise _unsupported(
                        request, "empty message content", "does not accept empty messages"
                    )
            case AssistantMessage():
                role, parts = "model", _model(message, request)
            case _:
                assert_never(message)
        if parts and turns and turns[-1][0] == role:
            turns[-1][1].extend(parts)
        elif parts:
            turns.append((role, parts))
    if not turns:
        raise _unsupported(request, "empty message content", "needs a message with content")
    return [{"role": role, "parts": _answers_first(parts)} for role, parts in turns]


def _answers_first(parts: list[Part]) -> list[Part]:
    answers = [part for part in parts if "functionResponse" in part]
    return answers + [part for part in parts if "functionResponse" not in part]


def _late_system(message: SystemMessage) -> list[Part]:
    text = message.content.text
    return [_text(f"<system>\n{text}\n</system>")] if text.strip() else []


def _text(text: str) -> Part:
    return {"text": text}


def _inline(mime_type: str, data: str) -> Part:
    return {"inlineData": {"mimeType": mime_type, "data": data}}


def _user_part(part: UserContentPart, request: Request) -> Part:
    match part:
        case Text():
            return _text(part.text)
        case Image():
            return _image(part, request)
        case Audio():
            return _inline(part.source.mime_type, part.source.data)
        case Document():
            return _document(part, request)
        case ToolOutput():
            return _function_response(part)
        case _:
            assert_never(part)


def _image(image: Image, request: Request) -> Part:
    source = image.source
    if isinstance(source, Base64ImageSource):
        return _inline(source.mime_type, source.data)
    raise _unsupported(
        request, "url_image_source", "fetches no images: use `llm.Image.download` for this address"
    )


def _document(document: Document, request: Request) -> Part:
    source = document.source
    if isinstance(source, Base64DocumentSource):
        return _inline(source.media_type, source.data)
    if isinstance(source, TextDocumentSource):
        data = source.data.encode("utf-8", "replace")
        return _inline(source.media_type, base64.b64encode(data).decode("ascii"))
    raise _unsupported(
        request,
        "url_document_source",
        "fetches no documents: use `llm.Document.from_file` or `from_bytes`",
    )


def _function_response(output: ToolOutput[Jsonable]) -> Part:
    """Return a tool's result: an object, since the wire has no other, with errors marked."""
    text = tool_output_text(output.result)
    response: object = text
    if not isinstance(output.result, str):
        try:
            response = json.loads(text)
        except ValueError:  # it had no JSON form
            response = text
    if output.error is not None:
        response = {"error": response}
    elif not isinstance(response, dict):
        response = {"output": response}
    return {"functionResponse": {**_id(output.id), "name": output.name, "response": response}}


def _model(message: AssistantMessage, request: Request) -> list[Part]:
    raw = reusable_raw(message, request, request.model_name)
    if isinstance(raw, dict):
        content = cast("dict[str, object]", raw).get("parts")
        return list(cast("Sequence[Part]", content)) if isinstance(content, list) else []
    parts: list[Part] = []
    unsigned = capabilities(request.model_name).checks_signatures
    for part in message.content:
        match part:
            case Text():
                text = part.text
            case Thought():
                text = thought_as_text(part.thought) if encode_thoughts(request.params) else ""
            case ToolCall() if part.name.startswith(FORMAT_TOOL_NAME):
                text = part.args
            case ToolCall():
                call = {**_id(part.id), "name": part.name, "args": parse_json_object(part.args)}
                # Of several calls in one turn only the first is signed.
                signature = {"thoughtSignature": NO_SIGNATURE} if unsigned else {}
                unsigned = False
                parts.append({"functionCall": call, **signature})
                continue
            case _:
                assert_never(part)
        if text:
            parts.append(_text(text))
    return parts


def _id(id: str) -> Part:
    """Return a call's id, unless it was made up because the vendor gave none."""
    return {} if id.startswith(UNKNOWN_TOOL_ID) else {"id": id}


def _unsupported(request: Request, feature: str, why: str) -> FeatureNotSupportedError:
    return FeatureNotSupportedError(
        feature, request.provider_id, request.model_id, f"{request.provider_id} {why}."
    )
