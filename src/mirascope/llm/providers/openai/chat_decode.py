"""Chat Completions to chunks.

An answer is whole once its finish reason has come. Recorded traffic has two more kinds of end:
streams without ``[DONE]`` (Perplexity, Writer, Mistral), and streams with ``[DONE]`` but without a
finish reason (Snowflake, OpenRouter in front of Novita). Of servers known for it, ``[DONE]`` alone
makes an answer whole too, provided that there was one and no tool call in it is half there; of all
others such a stream is a cut one.

A whole body takes the road of a stream that has a single, long delta.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from itertools import accumulate
from typing import ClassVar, cast

import msgspec

from mirascope._wire.json_values import JsonObject, as_object, as_objects, as_text, is_list
from mirascope.llm.content import Citation
from mirascope.llm.providers.codec import ErrorInfo, Request, WireEvent
from mirascope.llm.providers.emitter import UsageTotals
from mirascope.llm.providers.encoding import given_view
from mirascope.llm.providers.openai.chat_calls import ToolCalls
from mirascope.llm.providers.openai.chat_record import MessageRecord
from mirascope.llm.providers.openai.chat_sound import sound_type
from mirascope.llm.providers.openai.chat_types import Choice, Completion, Delta, WholeCompletion
from mirascope.llm.providers.openai.errors import is_error, stream_error
from mirascope.llm.providers.openai.server_tools import chat_citation, picture_at
from mirascope.llm.providers.openai.tools import count_calls
from mirascope.llm.providers.openai.usage import reported_tools, tool_usage, usage_totals
from mirascope.llm.providers.wire_decoder import WireDecoder
from mirascope.llm.responses.chunks import StreamResponseChunk
from mirascope.llm.responses.finish_reason import FinishReason
from mirascope.llm.types.jsonable import Jsonable

__all__ = ["ChatDecoder"]

_COMPLETION = msgspec.json.Decoder(Completion)
_WHOLE = msgspec.json.Decoder(WholeCompletion)
_ANY: msgspec.json.Decoder[object] = msgspec.json.Decoder()


_BESIDE = ("citations", "search_results", "prompt_filter_results")
"""What stands beside the choices and is kept with the message."""

# Reasons not listed are normal ends: stop, tool_calls, function_call, eos, ...
_FINISH = {
    "length": FinishReason.MAX_TOKENS,
    "max_tokens": FinishReason.MAX_TOKENS,
    "content_filter": FinishReason.REFUSAL,
    "refusal": FinishReason.REFUSAL,
    "sensitive": FinishReason.REFUSAL,  # Z.ai
    "model_length": FinishReason.CONTEXT_LENGTH_EXCEEDED,  # Mistral
    "model_context_window_exceeded": FinishReason.CONTEXT_LENGTH_EXCEEDED,  # Z.ai
}
_FAILED = {
    "error": 500,  # Mistral, OpenRouter
    "insufficient_system_resource": 503,  # DeepSeek
    "network_error": 502,  # Z.ai
}


class ChatDecoder(WireDecoder):
    """Decodes one answer: `feed` its events, or `read` its whole body."""

    wire_name: ClassVar[str] = "Chat Completions"

    def __init__(self, request: Request, *, done_alone: bool = False) -> None:
        """Start before the first byte of an answer; for `done_alone` see `ChatQuirks`."""
        super().__init__(request)
        self._done_alone = done_alone
        self._record = MessageRecord()
        self._calls = ToolCalls(self._emitter, count_calls(request))
        self._sources: set[str] = set()
        self._uncited: list[Citation] = []
        self._usage: tuple[UsageTotals, JsonObject] | None = None
        self._annotations: list[JsonObject] = []
        self._texts: list[tuple[str, int]] = []
        """The ids of the texts so far, and before which delta of the content each begins."""
        self._sound = ""
        self._answered = False
        self._refused = False
        self._completed = False

    def feed(self, event: WireEvent) -> list[StreamResponseChunk]:
        """Return the chunks of one event; see `Decoder.feed`."""
        name, data = event
        try:
            completion = _COMPLETION.decode(data)
        except (ValueError, RecursionError):
            if data.strip() in (b"[DONE]", b""):
                return self._end() if data.strip() else []
            if name == "error":  # in words
                raise self._failure(stream_error(data.decode(errors="replace"))) from None
            completion = self._parse(data, _COMPLETION)
        choices = completion.choices
        if choices is None or completion.error or name == "error":
            self._check(completion, name, data)
        if completion.citations or completion.search_results or completion.prompt_filter_results:
            self._add_sources(completion)
        for choice in choices or ():
            if not choice.index:
                self._add(choice, choice.delta or choice.message)
        if completion.usage or completion.x_groq:
            self._add_usage(completion)
        self.progress: int = self._emitter.progress
        return self._emitter.take()

    def close(self) -> list[StreamResponseChunk]:
        """Return the raw message, if the answer is whole."""
        if self.done and not self._completed:
            self._complete()
        return self._emitter.take()

    def read(self, body: bytes) -> list[StreamResponseChunk]:
        """Return the chunks of a whole body; see `Decoder.read`."""
        completion = self._parse(body, _COMPLETION)
        if completion.error or not completion.choices:
            self._check(completion, "", body)
        position = next((i for i, c in enumerate(completion.choices or ()) if not c.index), None)
        choice = (
            completion.choices[position] if completion.choices and position is not None else None
        )
        if choice is None:
            raise self._invalid("there is no answer in it")
        self._add_sources(completion)
        self._add(choice, choice.message or choice.delta)
        self._add_usage(completion)
        whole = self._parse(body, _WHOLE).choices[position or 0]
        data = given_view(whole.message) or given_view(whole.delta) or b"{}"
        self._complete(as_object(self._parse(data, _ANY)))
        return self._emitter.take()

    def _check(self, completion: Completion, name: str, data: bytes) -> None:
        """Raise if an event is an error rather than a part of the answer."""
        if completion.error:
            raise self._failure(stream_error(completion.error))
        payload = self._parse(data, _ANY)
        if name == "error" or is_error(payload):
            raise self._failure(stream_error(payload))

    def _add(self, choice: Choice, delta: Delta | None) -> None:
        self._answered = True
        if delta is not None and not self._emitter.finished:
            self._add_delta(delta)
            if self._uncited and self._record.text:
                self._cite()
        if choice.content_filter_results:
            self._record.add_filter(choice.content_filter_results)
        if choice.finish_reason or choice.error:
            self._add_end(choice)

    def _add_end(self, choice: Choice) -> None:
        reason = choice.finish_reason or ""
        if choice.error:
            raise self._failure(stream_error(choice.error))
        if reason in _FAILED:
            message = f"the server broke off the answer: {reason}"
            raise self._failure(ErrorInfo(status=_FAILED[reason], message=message, code=reason))
        self._finish(_FINISH.get(reason))

    def _add_delta(self, delta: Delta) -> None:
        """Take in a piece of the message: thoughts, then text, then calls."""
        reasoning = delta.reasoning_content or delta.reasoning or delta.reasoning_text
        thinking = delta.thinking
        if thinking is not None and not reasoning and isinstance(thinking, str):
            reasoning = thinking
        if reasoning or delta.reasoning_details:
            self._add_reasoning(delta, reasoning)
        content = delta.content
        if content:
            if self._calls.open:
                self._calls.end_whole()
            if isinstance(content, str):
                self._record.text.append(content)
                self._emitter.text(content)
                if self._emitter.texts_begun > len(self._texts):
                    self._texts.append((self._emitter.text_id, len(self._record.text) - 1))
            else:
                self._add_blocks(content)
        if delta.refusal:
            self._refused = True
            self._record.add_string("refusal", delta.refusal)
            self._emitter.text(delta.refusal)
        if delta.tool_calls:
            for call in delta.tool_calls:
                self._calls.add(call)
        elif delta.function_call is not None:
            self._calls.add_legacy(delta.function_call)
        if (
            delta.annotations
            or delta.reasoning_details
            or delta.audio
            or delta.images
            or delta.executed_tools
            or delta.thinking_blocks
            or delta.reasoning_opaque is not None
        ):
            self._record.add_fields(delta)
            before = self._emitter.progress
            self._annotations += as_objects(delta.annotations)
            if delta.audio:
                self._add_audio(delta.audio)
            if delta.images:
                self._add_images(delta.images)
            self._emitter.progress = max(self._emitter.progress, before + 1)

    def _add_audio(self, audio: JsonObject) -> None:
        """Take in sound, or what is said in it; the id alone, and when it expires, are no part."""
        data, said = as_text(audio.get("data")), as_text(audio.get("transcript"))
        if not data and not said:
            return
        if data:
            data = self._base64(data)
        self._sound = self._sound or sound_type(data, self._request.params)
        self._emitter.audio(self._sound, data, said)

    def _add_images(self, images: list[object]) -> None:
        for made in as_objects(images):  # OpenRouter
            image = picture_at(as_object(made.get("image_url")).get("url"))
            if image is not None:
                self._emitter.image(image)

    def _add_reasoning(self, delta: Delta, reasoning: str | None) -> None:
        """Take in a piece of a thought; some servers send it under several names at once."""
        if self._calls.open:
            self._calls.end_whole()
        for field in ("reasoning_content", "reasoning", "reasoning_text", "thinking"):
            value: object = getattr(delta, field)
            if isinstance(value, str) and value:
                self._record.add_string(field, value)
        if not reasoning:
            parts = (d.get("text") or d.get("summary") for d in delta.reasoning_details or ())
            reasoning = "".join(part for part in parts if isinstance(part, str))
        if reasoning:
            self._emitter.thought(reasoning)

    def _add_blocks(self, blocks: list[object]) -> None:
        """Take in content that is a list, as Mistral sends it."""
        for block in as_objects(blocks):
            self._record.add_block(block)
            text, thinking = block.get("text"), block.get("thinking")
            if is_list(thinking):
                parts = (part.get("text") for part in as_objects(thinking))
                thinking = "".join(part for part in parts if isinstance(part, str))
            if isinstance(thinking, str) and thinking:
                self._emitter.thought(thinking)
            elif isinstance(text, str) and text:
                self._emitter.text(text)

    def _add_sources(self, completion: Completion) -> None:
        """Take in the sources beside the choices; Perplexity repeats them with every chunk."""
        for field in _BESIDE:
            if sources := cast("list[object] | None", getattr(completion, field)):
                self._record.add_sources(field, sources)
        pages = {page.get("url"): page for page in as_objects(completion.search_results)}
        for url in (*(completion.citations or ()), *pages):
            if isinstance(url, str) and url not in self._sources:
                title = pages.get(url, {}).get("title")
                self._sources.add(url)
                self._uncited.append(
                    Citation(url=url, title=title if isinstance(title, str) else None)
                )

    def _cite(self) -> None:
        """Say what the text rests on: all of it, for which of its marks means what is not said."""
        for citation in self._uncited:
            self._emitter.cite(citation)
        self._uncited.clear()

    def _add_usage(self, completion: Completion) -> None:
        """Take in the usage beside the choices."""
        if usage := completion.usage or as_object((completion.x_groq or {}).get("usage")):
            totals = usage_totals(usage)
            self._usage = totals, usage
            tools = tool_usage(reported_tools(usage))
            self._emitter.usage(totals, provider_tool_usage=tools, raw=usage)

    def _finish(self, reason: FinishReason | None) -> None:
        self._calls.end()
        self._cite_places()
        self._emitter.finish(FinishReason.REFUSAL if self._refused else reason)
        self.done = True

    def _cite_places(self) -> None:
        """Say what the texts rest on, now that they are known: some of it comes before them.

        The places are those of all the content, which other parts may have cut into several texts.
        """
        if not self._annotations:
            return
        lengths = [0, *accumulate(map(len, self._record.text))]
        starts = [lengths[first] for _, first in self._texts if first < len(lengths)]
        for annotation in self._annotations:
            citation = chat_citation(annotation)
            if citation.start is None or len(starts) < 2:
                self._emitter.cite(citation)
                continue
            place = bisect_right(starts, citation.start) - 1
            start, end = citation.start - starts[place], citation.end
            end = None if end is None else max(end - starts[place], start)
            self._emitter.cite(replace(citation, start=start, end=end), id=self._texts[place][0])
        self._annotations = []

    def _end(self) -> list[StreamResponseChunk]:
        """Take in ``[DONE]``."""
        if self.done or (self._done_alone and self._answered and self._calls.are_whole()):
            self._finish(None)
            self.terminal = True
            if not self._completed:
                self._complete()
        return self._emitter.take()

    def _complete(self, whole: JsonObject | None = None) -> None:
        """Say what only the whole answer tells: the raw message, and tools the server ran."""
        self._completed = True
        self._finish(None)
        calls = self._calls.raw()
        message = self._record.message(calls)
        if whole is not None:
            message = _whole_message(message, whole, calls)
        if (tools := self._record.executed_tools()) and self._usage is not None:
            totals, usage = self._usage
            counts = reported_tools(usage) | tools
            self._emitter.usage(totals, provider_tool_usage=tool_usage(counts), raw=usage)
        self._emitter.raw_message(cast("Jsonable", message))


def _whole_message(made: JsonObject, whole: JsonObject, calls: list[JsonObject]) -> JsonObject:
    """Return the message of a whole body as it came, but for nulls and the ids of calls.

    `made` holds what stands beside the message, and is all there is when there is no message.
    """
    kept = {k: v for k, v in (whole or made).items() if v is not None}
    message: dict[str, object] = {"role": "assistant", **kept}
    message.pop("tool_calls", None)
    message.pop("function_call", None)
    for field in (*_BESIDE, "content_filter_results"):
        if field in made:
            message[field] = made[field]
    if calls:
        message["tool_calls"] = calls
    return message
