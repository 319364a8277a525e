"""Messages to the Chat wire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias, assert_never, cast

from mirascope._wire.json_values import is_list, is_object
from mirascope.llm.content import (
    Audio,
    Document,
    Image,
    Text,
    TextDocumentSource,
    ToolCall,
    ToolOutput,
    Video,
)
from mirascope.llm.content.tool_output import plain_result
from mirascope.llm.exceptions import FeatureNotSupportedError
from mirascope.llm.messages import AssistantMessage, UserMessage
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import (
    data_url,
    no_file_ids,
    reusable_raw,
    said_in,
    tool_output_text,
    unsupported,
)
from mirascope.llm.providers.tool_media import media_apart

__all__ = ["Conversation"]

_Json: TypeAlias = dict[str, object]


class Conversation:
    """The messages of one request.

    Attributes:
        messages: As the wire has them.
        documents: What the model may cite, which no message holds.
    """

    def __init__(self, request: Request, *, documents_apart: bool) -> None:
        """Encode the messages.

        Args:
            request: Has them.
            documents_apart: Whether documents may stand beside the messages. The vendor refuses
                them there when the answer has to have a format; then they are text.

        Raises:
            FeatureNotSupportedError: The wire has no form for some part.
        """
        self._request = request
        self._documents_apart = documents_apart
        self.documents: list[_Json] = []
        self.messages: list[_Json] = list(self._messages())

    def _messages(self) -> Iterator[_Json]:
        for message in media_apart(self._request.messages):
            match message.role:
                case "system":
                    if text := message.content.text:
                        yield {"role": "system", "content": text}
                case "user":
                    yield from self._user(message)
                case "assistant":
                    if encoded := self._assistant(message):
                        yield {"role": "assistant", **encoded}
                case _:
                    assert_never(message)

    def _user(self, message: UserMessage) -> Iterator[_Json]:
        """Yield the outputs of tools, which stand next to their calls, and then what is said."""
        said: list[_Json] = []
        for part in message.content:
            match part:
                case ToolOutput():
                    content = _tool_content(part)
                    yield {"role": "tool", "tool_call_id": part.id, "content": content}
                case Text():
                    said.append({"type": "text", "text": part.text})
                case Image():
                    said.append(self._image(part))
                case Document():
                    said += self._document(part)
                case Audio():
                    raise self._unsupported("audio input", "does not take audio")
                case Video():
                    raise self._unsupported("video input", "does not take video")
                case _:
                    assert_never(part)
        if len(said) == 1 and said[0]["type"] == "text":
            yield {"role": "user", "content": said[0]["text"]}
        elif said:
            yield {"role": "user", "content": said}

    def _image(self, image: Image) -> _Json:
        source = image.source
        if source.type == "file_source":
            raise no_file_ids(self._request)
        if source.type == "url_image_source":
            url = source.url
        else:
            url = data_url(source.mime_type, source.data)
        return {"type": "image_url", "image_url": {"url": url}}

    def _document(self, document: Document) -> list[_Json]:
        source = document.source
        if not isinstance(source, TextDocumentSource):
            raise self._unsupported(
                "documents that are not text",
                "takes documents as text only: no PDF, and nothing by its address",
            )
        if not self._documents_apart:
            return [{"type": "text", "text": source.data}]
        number = len(self.documents) + 1
        self.documents.append({"id": f"doc_{number}", "data": {"text": source.data}})
        return []

    def _assistant(self, message: AssistantMessage) -> _Json | None:
        """Return what a turn of the model holds; None for nothing, which is refused."""
        request = self._request
        raw = reusable_raw(message, request, request.model_name)
        if is_object(raw):
            fields = {key: value for key, value in raw.items() if key != "role"}
            return fields if any(fields.values()) else None
        content: list[_Json] = []
        calls: list[_Json] = []
        for part in message.content:
            if isinstance(part, ToolCall):
                args = part.args if part.args.strip() else "{}"
                function = {"name": part.name, "arguments": args}
                calls.append({"id": part.id, "type": "function", "function": function})
            elif text := said_in(part, request.params):
                content.append({"type": "text", "text": text})
        fields = {"content": content, "tool_calls": calls}
        return {key: value for key, value in fields.items() if value} or None

    def _unsupported(self, feature: str, why: str) -> FeatureNotSupportedError:
        return unsupported(self._request, feature, f"{self._request.provider_id} {why}.")


def _tool_content(output: ToolOutput[Any]) -> str | list[_Json]:
    """Return a tool's output: objects as documents, which the model cites, anything else as text.

    https://docs.cohere.com/docs/tool-use-citations (2025-12): a list of objects is as many
    documents, as a search finds them.
    """
    result = plain_result(output.result)
    found: list[object] = list(result) if is_list(result) else [result]
    if output.error is not None or not all(is_object(item) and item for item in found):
        return tool_output_text(output.result)
    documents = cast("list[Mapping[str, object]]", found)
    return [{"type": "document", "document": {"data": data}} for data in documents] or "[]"
