"""generateContent wire to chunks.

A whole body takes the road of a stream with one chunk. The end of the answer is only told by the
end of the bytes: with code execution the vendor sends ``finishReason`` in the middle of an answer
as well, and older models sent it in every chunk.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from itertools import accumulate
from typing import ClassVar, cast

import msgspec

from mirascope._wire.json_values import JsonObject, as_list, as_object, as_objects, as_text
from mirascope.llm.content import Base64ImageSource, Image, ImageMimeType, ProviderToolOutput
from mirascope.llm.providers.codec import ErrorInfo, Request, WireEvent
from mirascope.llm.providers.encoding import given
from mirascope.llm.providers.google import types as wire
from mirascope.llm.providers.google.computer import actions_for
from mirascope.llm.providers.google.errors import read_error
from mirascope.llm.providers.google.server_tools import (
    citations_of,
    code_output,
    found_by,
    shown_name,
)
from mirascope.llm.providers.google.turn import StreamedCall, Turn
from mirascope.llm.providers.google.usage import UsageReports
from mirascope.llm.providers.wire_decoder import WireDecoder
from mirascope.llm.responses.chunks import StreamResponseChunk
from mirascope.llm.responses.finish_reason import FinishReason
from mirascope.llm.tools.computer import COMPUTER
from mirascope.llm.types.jsonable import Jsonable

__all__ = ["UNKNOWN_TOOL_ID", "GoogleDecoder"]

UNKNOWN_TOOL_ID = "google_unknown_tool_id"
"""Begins the id of a call that the vendor gave none; such ids are not sent back."""

# https://ai.google.dev/api/generate-content#FinishReason (2025-11) and Vertex AI's own. What is in
# neither table, STOP above all, is a normal end.
_FINISH = {
    "MAX_TOKENS": FinishReason.MAX_TOKENS,
    "SAFETY": FinishReason.REFUSAL,
    "RECITATION": FinishReason.REFUSAL,
    "LANGUAGE": FinishReason.REFUSAL,
    "BLOCKLIST": FinishReason.REFUSAL,
    "PROHIBITED_CONTENT": FinishReason.REFUSAL,
    "SPII": FinishReason.REFUSAL,
    "MODEL_ARMOR": FinishReason.REFUSAL,
    "IMAGE_SAFETY": FinishReason.REFUSAL,
    "IMAGE_PROHIBITED_CONTENT": FinishReason.REFUSAL,
    "IMAGE_RECITATION": FinishReason.REFUSAL,
}
# The model failed to make a call. Without an error the answer would look complete, with the call
# missing; all but the last are worth another attempt.
_FAILED = {
    "MALFORMED_FUNCTION_CALL": 500,
    "MALFORMED_RESPONSE": 500,
    "UNEXPECTED_TOOL_CALL": 500,
    "TOO_MANY_TOOL_CALLS": 500,
    "MISSING_THOUGHT_SIGNATURE": 400,
}
_FAILED_IF_EMPTY = {"OTHER": 500, "NO_IMAGE": 500, "IMAGE_OTHER": 500}

_ANSWER = msgspec.json.Decoder(wire.Answer)
_RAW_ANSWER = msgspec.json.Decoder(wire.RawAnswer)
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])


class GoogleDecoder(WireDecoder):
    """Decodes one answer: `feed` its chunks, or `read` its whole body."""

    wire_name: ClassVar[str] = "generateContent"

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self._turn = Turn()
        self._call: StreamedCall | None = None
        self._finish: str | int | None = None
        self._code_runs = False
        self._blocked = False
        self._usage = UsageReports()
        self._usage_data = b""
        self._grounding: JsonObject = {}
        self._urls: JsonObject = {}
        self._texts: list[tuple[str, list[str]]] = []
        """The texts so far, as lists of their pieces, with their ids."""
        self._server_calls = 0
        self._actions = actions_for(request)

    def feed(self, event: WireEvent) -> list[StreamResponseChunk]:
        """Return the chunks of one event; see `Decoder.feed`."""
        data = event[1]
        if data == b"[DONE]":  # the wire has no such thing, gateways add it
            return []
        if data.startswith(b"["):  # how the vendor streams when ``alt=sse`` got lost
            for item in self._parse(data, _ARRAY):
                self._chunk(bytes(item))
        else:
            self._chunk(data)
        self.progress: int = self._emitter.progress
        return self._emitter.take()

    def close(self) -> list[StreamResponseChunk]:
        """Return the end of the answer; see `Decoder.close`."""
        emitter = self._emitter
        if (totals := self._usage.totals) is not None:
            raw = self._parse(self._usage_data, _RAW_ANSWER).usage_metadata
            emitter.usage(totals, provider_tool_usage=self._usage.tools_used(), raw=raw)
        if self.done:
            self._end_call()
            self._end_audio_and_sources()
            reason = _FINISH.get(str(self._finish))
            emitter.finish(FinishReason.REFUSAL if self._blocked else reason)
            if (content := self._turn.content()) is not None:
                emitter.raw_message(cast("Jsonable", content))
        return emitter.take()

    def read(self, body: bytes) -> list[StreamResponseChunk]:
        """Return the chunks of a whole body; see `Decoder.read`."""
        chunks = self.feed(("", body.strip()))
        if not self.done and not self.progress:
            raise self._invalid("there is neither content nor a finish reason in it")
        self.done: bool = True
        return chunks + self.close()

    def _chunk(self, data: bytes) -> None:
        answer = self._parse(data, _ANSWER)
        if given(answer.error):
            raise self._failure(read_error(data))
        reports = self._usage
        usage = answer.usage_metadata
        if usage is not None and reports.add(usage):
            self._usage_data = data
            if reports.totals is not None:
                self._emitter.usage(reports.totals)
        if answer.candidates:
            self._candidate(answer.candidates, data)
        feedback = answer.prompt_feedback
        if feedback is not None and (feedback.block_reason or feedback.block_reason_message):
            self._blocked = self.done = True

    def _candidate(self, candidates: list[wire.Candidate], data: bytes) -> None:
        candidate = candidates[0]
        if candidate.index:  # another answer, that was not asked for
            others = [other for other in candidates if not other.index]
            if not others:
                return
            candidate = others[0]
        before = self._emitter.progress
        content = candidate.content
        if content is not None and content.parts:
            raw_parts: list[dict[str, object]] | None = None
            for index, part in enumerate(content.parts):
                if part.text is not None and part.thought_signature is None:
                    self._text(part.text, bool(part.thought))
                    if part.text:
                        self._turn.add_text(part.text, bool(part.thought))
                else:
                    raw_parts = raw_parts or self._raw_parts(data)
                    self._special(part, raw_parts[index])
        if candidate.grounding_metadata or candidate.url_context_metadata:
            self._usage.add_metadata(candidate)
            self._keep_sources(data)
        if candidate.finish_reason:
            self._end_with(candidate)
        elif self.done and self._emitter.progress > before:
            self.done = False  # the finish reason before was not the last

    def _text(self, text: str, is_thought: bool) -> None:
        if text:
            self._code_runs = False
            if is_thought:
                self._emitter.thought(text)
            else:
                self._emitter.text(text)
                if not self._texts or self._texts[-1][0] != self._emitter.text_id:
                    self._texts.append((self._emitter.text_id, []))
                self._texts[-1][1].append(text)

    def _special(self, part: wire.Part, raw: dict[str, object]) -> None:
        """Take in a part that is not plain text, and keep it as it came."""
        if part.function_call is not None:
            self._function_call(part.function_call, raw)
            return
        self._code_runs = part.executable_code is not None
        if part.text is not None:
            self._text(part.text, bool(part.thought))
        elif part.inline_data is not None:
            self._add_blob(part.inline_data, bool(part.thought))
        elif raw.keys() - {"thoughtSignature", "thought"}:
            self._add_server_tool(part, raw)
        if raw:
            self._turn.add(raw)

    def _add_blob(self, blob: wire.Blob, is_thought: bool) -> None:
        """Take in an image, or a piece of sound; images among the thoughts are not the answer."""
        emitter = self._emitter
        if blob.mime_type.startswith("audio/"):
            emitter.audio(_sound(blob.mime_type), self._base64(blob.data))
            return
        emitter.end_part()
        emitter.progress += 1
        if blob.mime_type.startswith("image/") and not is_thought:
            source = Base64ImageSource(
                type="base64_image_source",
                data=self._base64(blob.data),
                mime_type=cast("ImageMimeType", blob.mime_type),
            )
            emitter.image(Image(source=source))

    def _add_server_tool(self, part: wire.Part, raw: JsonObject) -> None:
        """Take in a call of a tool that the server runs, or what came of it."""
        emitter = self._emitter
        if self._code_runs:
            self._usage.count_call("code_execution")
            self._server_calls += 1
            id = f"code_{self._server_calls}"
            self._say_server_call(id, "code_execution", part.executable_code)
        elif part.code_execution_result is not None:
            result = as_object(part.code_execution_result)
            emitter.provider_tool_output(code_output(result, f"code_{self._server_calls}"))
        elif part.tool_call is not None:
            kind = part.tool_call.tool_type or "unknown"
            self._usage.count_call(kind)
            call = as_object(raw.get("toolCall"))
            self._server_calls += 1
            id = as_text(call.get("id")) or f"tool_{self._server_calls}"
            self._say_server_call(id, shown_name(kind), call.get("args"))
        elif response := as_object(raw.get("toolResponse")):
            found = response.get("response")
            if found is not None:
                output = ProviderToolOutput(
                    id=as_text(response.get("id")) or f"tool_{self._server_calls}",
                    name=shown_name(as_text(response.get("toolType"))),
                    result=found,
                )
                emitter.provider_tool_output(output)
            emitter.progress += 1
        else:
            emitter.end_part()
            emitter.progress += 1

    def _say_server_call(self, id: str, name: str, args: object) -> None:
        emitter = self._emitter
        emitter.provider_tool_start(id, name)
        emitter.provider_tool_args(id, msgspec.json.encode(args or {}).decode())
        emitter.provider_tool_end(id)

    # --- what the answer is based on

    def _keep_sources(self, data: bytes) -> None:
        """Keep what the answer is based on; the last word on it, as a rule, is all of it."""
        candidates = self._parse(data, _RAW_ANSWER).candidates or ()
        for candidate in candidates:
            if not candidate.index:
                self._grounding = {**self._grounding, **(candidate.grounding_metadata or {})}
                self._urls = candidate.url_context_metadata or self._urls

    def _end_audio_and_sources(self) -> None:
        """Say what the answer is based on, now that all of its text is known."""
        emitter = self._emitter
        emitter.end_all()
        if queries := as_list(self._grounding.get("webSearchQueries")):
            self._say_server_call("search_1", "web_search", {"queries": queries})
            found = found_by(self._grounding)
            emitter.provider_tool_output(
                ProviderToolOutput(id="search_1", name="web_search", result=found)
            )
        if pages := as_objects(self._urls.get("urlMetadata")):
            read = [
                {"url": page.get("retrievedUrl"), "status": page.get("urlRetrievalStatus")}
                for page in pages
            ]
            urls = {"urls": [page["url"] for page in read]}
            self._say_server_call("url_context_1", "url_context", urls)
            emitter.provider_tool_output(
                ProviderToolOutput(id="url_context_1", name="url_context", result=read)
            )
        if self._texts and self._grounding.get("groundingSupports"):
            self._cite()

    def _cite(self) -> None:
        texts = [(id, "".join(pieces)) for id, pieces in self._texts]
        starts = [0, *accumulate(len(text) for _, text in texts)]
        for citation in citations_of(self._grounding, "".join(text for _, text in texts)):
            assert citation.start is not None, "the vendor's segments have places"
            assert citation.end is not None
            place = min(bisect_right(starts, citation.start), len(texts)) - 1
            id, text = texts[place]
            start = min(citation.start - starts[place], len(text))
            end = min(citation.end - starts[place], len(text))
            self._emitter.cite(replace(citation, start=start, end=end), id=id)

    def _function_call(self, call: wire.Call, raw: dict[str, object]) -> None:
        """Take in a function call, whole or in pieces: name, arguments, and an empty end."""
        emitter = self._emitter
        if call.name:
            self._end_call()
            is_action = call.name in self._actions
            name = COMPUTER if is_action else call.name
            id = emitter.tool_start(call.id or UNKNOWN_TOOL_ID, name)
            if not call.will_continue and not call.partial_args:
                if is_action:
                    emitter.tool_args(id, _action(raw))
                elif (args := given(call.args)) and args != b"{}":
                    compact = msgspec.json.format(args, indent=-1)  # bodies are pretty-printed
                    emitter.tool_args(id, compact.decode("utf-8", "replace"))
                emitter.tool_end(id)
                self._turn.add(raw)
                return
            self._call = StreamedCall(id, raw)
        if self._call is None:
            return  # a piece of nothing
        emitter.progress += 1
        try:
            for piece in call.partial_args or ():
                self._call.add(piece)
        except ValueError as error:
            raise self._invalid(str(error), error) from error
        if not call.will_continue:
            self._end_call()

    def _end_call(self) -> None:
        call, self._call = self._call, None
        if call is not None:
            whole = call.whole_part()
            if as_object(whole.get("functionCall")).get("name") in self._actions:
                self._emitter.tool_args(call.id, _action(whole))
            elif args := call.args():
                self._emitter.tool_args(call.id, msgspec.json.encode(args).decode())
            self._emitter.tool_end(call.id)
            self._turn.add(whole)

    def _end_with(self, candidate: wire.Candidate) -> None:
        self._finish = reason = candidate.finish_reason
        status = _FAILED.get(str(reason))
        if status is None and not self._emitter.progress:
            status = _FAILED_IF_EMPTY.get(str(reason))
        if status is not None:
            detail = f": {candidate.finish_message}" if candidate.finish_message else ""
            message = f"The model's answer failed with {reason}{detail}"
            raise self._failure(ErrorInfo(status=status, message=message, code=str(reason)))
        # After code there is a result to come, see above.
        self.done = not (self._code_runs and reason == "STOP")

    def _raw_parts(self, data: bytes) -> list[dict[str, object]]:
        candidates = self._parse(data, _RAW_ANSWER).candidates or ()
        content = next(c.content for c in candidates if not c.index)
        return (content.parts if content else None) or []


def _action(part: JsonObject) -> str:
    """Return the arguments of the call on the computer that a part is."""
    call = as_object(part.get("functionCall"))
    args = {**as_object(call.get("args")), "action": call.get("name")}
    return msgspec.json.encode(args).decode()


_RATE = re.compile(r"rate=(\d+)")


def _sound(mime_type: str) -> str:
    """Return our name of a type of sound; the vendor's bare samples are of ``audio/L16``.

    https://ai.google.dev/gemini-api/docs/speech-generation (2025-11): little end first, whatever
    RFC 2586 says.
    """
    kind = mime_type.partition(";")[0].lower()
    if kind not in ("audio/l16", "audio/pcm"):
        return kind
    rate = _RATE.search(mime_type)
    return f"audio/pcm;rate={rate[1]}" if rate else "audio/pcm"
