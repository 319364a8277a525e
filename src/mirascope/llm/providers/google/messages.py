"""Messages to the generateContent wire."""

from __future__ import annotations

import base64
from typing import ClassVar, assert_never

from mirascope.llm.content import (
    Audio,
    Base64DocumentSource,
    Base64ImageSource,
    Document,
    Image,
    Text,
    TextDocumentSource,
    ToolCall,
    ToolOutput,
    UserContentPart,
)
from mirascope.llm.content.tool_output import plain_result
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import parse_json_object
from mirascope.llm.providers.google.decode import UNKNOWN_TOOL_ID
from mirascope.llm.providers.google.models import capabilities
from mirascope.llm.providers.turns import Block, TurnEncoder
from mirascope.llm.types.jsonable import Jsonable

__all__ = ["encode_contents"]

# What the vendor accepts in place of the signature of a call that one of its models did not make:
# https://ai.google.dev/gemini-api/docs/thought-signatures (2026-01), "FAQs".
NO_SIGNATURE = "skip_thought_signature_validator"


def encode_contents(request: Request, start: int) -> list[Block]:
    """Return the messages from index `start` on.

    Raises:
        FeatureNotSupportedError: The wire has no form for some part, or a user message is empty.
    """
    encoder = _Turns(request)
    return [
        {
            "role": "model" if role == "assistant" else "user",
            "parts": encoder.results_first(parts),
        }
        for role, parts in encoder.turns(start)
    ]


class _Turns(TurnEncoder):
    raw_blocks: ClassVar[str] = "parts"

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self._checks_signatures = capabilities(request.model_name).checks_signatures

    def text(self, text: str) -> Block:
        """Return text."""
        return {"text": text}

    def user_part(self, part: UserContentPart) -> Block:
        """Return a part of a user message; see `TurnEncoder.user_part`."""
        match part:
            case Text():
                return self.text(part.text)
            case Image():
                return self._image(part)
            case Audio():
                return _inline(part.source.mime_type, part.source.data)
            case Document():
                return self._document(part)
            case ToolOutput():
                return _function_response(part)
            case _:
                assert_never(part)

    def _image(self, image: Image) -> Block:
        source = image.source
        if isinstance(source, Base64ImageSource):
            return _inline(source.mime_type, source.data)
        raise self.unsupported(
            "url_image_source", "fetches no images: use `llm.Image.download` for this address"
        )

    def _document(self, document: Document) -> Block:
        source = document.source
        if isinstance(source, Base64DocumentSource):
            return _inline(source.media_type, source.data)
        if isinstance(source, TextDocumentSource):
            data = source.data.encode("utf-8", "replace")
            return _inline(source.media_type, base64.b64encode(data).decode("ascii"))
        raise self.unsupported(
            "url_document_source",
            "fetches no documents: use `llm.Document.from_file` or `from_bytes`",
        )

    def call(self, call: ToolCall, index: int) -> Block:
        """Return a tool call; of several in one turn only the first is signed."""
        called = {**_id(call.id), "name": call.name, "args": parse_json_object(call.args)}
        unsigned = self._checks_signatures and index == 0
        return {
            "functionCall": called,
            **({"thoughtSignature": NO_SIGNATURE} if unsigned else {}),
        }

    def is_result(self, block: Block) -> bool:
        """Tell whether a block holds what a tool of the user's returned."""
        return "functionResponse" in block


def _inline(mime_type: str, data: str) -> Block:
    return {"inlineData": {"mimeType": mime_type, "data": data}}


def _function_response(output: ToolOutput[Jsonable]) -> Block:
    """Return a tool's result: an object, since the wire has no other, with errors marked."""
    response = plain_result(output.result)
    if output.error is not None:
        response = {"error": response}
    elif not isinstance(response, dict):
        response = {"output": response}
    return {"functionResponse": {**_id(output.id), "name": output.name, "response": response}}


def _id(id: str) -> Block:
    """Return a call's id, unless it was made up because the vendor gave none."""
    return {} if id.startswith(UNKNOWN_TOOL_ID) else {"id": id}
