"""A response that reads a log: what streamed responses of both colours have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Generic, TypeAlias, cast

from typing_extensions import TypeVar

from mirascope.llm.content import (
    AssistantContentChunk,
    AssistantContentPart,
    Audio,
    Image,
    Text,
    TextChunk,
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
)
from mirascope.llm.exceptions import (
    ParseError,
    StreamCancelledError,
    StreamRestarted,
    _portable,  # pyright: ignore[reportPrivateUsage]  # no name for users
)
from mirascope.llm.formatting import (
    Format,
    FormatSpec,
    FormattableT,
    OutputParser,
    Partial,
    resolve_format,
)
from mirascope.llm.messages import AssistantMessage, Message
from mirascope.llm.responses.asker import AnyModel
from mirascope.llm.responses.attempts import Attempt
from mirascope.llm.responses.chunks import (
    AnswerEnd,
    AsyncChunkIterator,
    ChunkIterator,
    Event,
    StreamResponseChunk,
)
from mirascope.llm.responses.finish_reason import FinishReason
from mirascope.llm.responses.log import EventLog
from mirascope.llm.responses.rate_limits import RateLimits
from mirascope.llm.responses.root_response import RootResponse, ToolkitT
from mirascope.llm.responses.saving import load_response
from mirascope.llm.responses.source import AnySource, NothingMore, Watched
from mirascope.llm.responses.state import StreamState, state_of
from mirascope.llm.responses.usage import Usage
from mirascope.llm.responses.views import PrettyEventView, StructuredView
from mirascope.llm.tools import AnyTools
from mirascope.llm.types.params import Params

__all__ = ["BaseStreamResponse", "ChunkIteratorT", "EndChunk", "RawEvents", "StreamResponseT"]

ChunkIteratorT = TypeVar("ChunkIteratorT", bound="ChunkIterator | AsyncChunkIterator")

EndChunk: TypeAlias = TextEndChunk | ThoughtEndChunk | ToolCallEndChunk


class RawEvents(Sequence[Any]):
    """The provider's events, decoded when they are looked at."""

    def __init__(self, events: list[object], decode: Callable[[object], object]) -> None:
        self._events = events
        self._decode = decode

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self._decode(event) for event in self._events[index]]
        return self._decode(self._events[index])

    def __len__(self) -> int:
        return len(self._events)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, list | RawEvents) and list(self) == list(cast("list[Any]", other))

    __hash__ = None  # type: ignore[assignment]  # it grows

    def __repr__(self) -> str:
        return repr(list(self))


class BaseStreamResponse(
    RootResponse[ToolkitT, FormattableT], Generic[ChunkIteratorT, ToolkitT, FormattableT]
):
    """A response that arrives bit by bit.

    Every iterator replays what has arrived and then goes on live; any number of them, in any number
    of threads or tasks of one event loop, see every chunk once. What has arrived is on the response
    at any time, by whole events of the wire: text grows in place, thoughts and tool calls appear
    when they are complete.

    Attributes:
        events: Everything so far, in order: what the response can be built from again.
        chunks: The content chunks among them; the hidden format tool is shown as text.
        raw_stream_events: The provider's events so far, decoded JSON; empty with
            ``keep_raw=False``.
    """

    _stream_types: ClassVar[tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]]

    events: Sequence[Event]
    chunks: Sequence[AssistantContentChunk]
    raw_stream_events: Sequence[Any]

    def __init__(
        self,
        *,
        provider_id: str,
        model_id: str,
        provider_model_name: str,
        params: Params,
        tools: AnyTools | None = None,
        format: Format[FormattableT] | None = None,
        input_messages: Sequence[Message],
        chunk_iterator: ChunkIteratorT,
    ) -> None:
        self.params = params
        self.toolkit: ToolkitT = self._toolkit_of(tools)
        self.format: Format[FormattableT] | None = format
        answer = AssistantMessage(
            content=[],
            provider_id=provider_id,
            model_id=model_id,
            provider_model_name=provider_model_name,
            raw_message=None,
        )
        self.messages: list[Message] = [*input_messages, answer]
        self._answer = answer
        self._read(self._source_of(chunk_iterator), EventLog(answer))

    def _read(self, source: Any, log: EventLog) -> None:
        """Go on reading `source` into `log`."""
        self._source = source
        self._log = log
        log.raw_events = source.raw_events
        self.raw_stream_events = RawEvents(log.raw_events, self._source.decode_raw)
        self.raw: Any = self.raw_stream_events
        self._map_error: Callable[[Exception], Exception | None] | None = None
        self._show()

    def _show(self) -> None:
        """Show what the log holds: once, and again when it has begun again."""
        log, answered = self._log, self._answer
        self._answer = answer = log.fold.message
        if answer is not answered:
            self.messages = [answer if one is answered else one for one in self.messages]
        self.events = log.events
        self.chunks = log.chunks
        self.content: Sequence[AssistantContentPart] = log.fold.content
        self.texts: Sequence[Text] = log.fold.texts
        self.tool_calls: Sequence[ToolCall] = log.fold.tool_calls
        self.thoughts: Sequence[Thought] = log.fold.thoughts
        self.images: Sequence[Image] = log.fold.images
        self.audios: Sequence[Audio] = log.fold.audios
        self.attempts: Sequence[Attempt] = log.fold.attempts
        self._partial: tuple[StructuredView[FormattableT], int] | None = None

    def _source_of(self, chunk_iterator: Any) -> AnySource:
        raise TypeError(f"{type(self).__name__} is neither synchronous nor asynchronous.")

    @classmethod
    def _restored(
        cls,
        text: str | bytes,
        tools: Any,
        format: FormatSpec[Any] | None,
        model: AnyModel | str | None,
    ) -> Any:
        """Return what `to_json` wrote; see `Response.from_json`."""
        saved = load_response(text)
        log = saved.log()
        response = cls(
            provider_id=saved.provider_id,
            model_id=saved.model_id,
            provider_model_name=saved.provider_model_name,
            params=saved.params,
            tools=tools,
            format=resolve_format(format, saved.default_mode),
            input_messages=[],
            chunk_iterator=NothingMore([]),  # type: ignore[arg-type]  # of both colours
        )
        answer = log.fold.message
        if answer.model_id is None:  # a stream has no other place for who answered
            answer.provider_id, answer.model_id = saved.provider_id, saved.model_id
            answer.provider_model_name = saved.provider_model_name
        response.messages = [*saved.messages, answer]
        response._read(response._source, log)
        response._calls = saved.calls
        response._asked_again_by(model)
        return response

    def _events_until_now(self, how: str) -> list[Event]:
        events = [*self._log.events]
        if not events or not isinstance(events[-1], AnswerEnd):
            events.append(AnswerEnd(state="cancelled", error=self._cancelled(how)))
        return events

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy is made of: the log until now, but nothing that reads or waits."""
        *events, end = self._events_until_now("copied")
        if isinstance(end, AnswerEnd) and end.error is not None:
            end = replace(end, error=_portable(end.error))
        answer = replace(self._answer, content=[], raw_message=None)
        return {
            "params": self.params,
            "toolkit": self.toolkit,
            "format": self.format,
            "messages": [answer if one is self._answer else one for one in self.messages],
            "_model": self._model,
            "_calls": self._calls,
            "rounds": self.rounds,
            "_answer": answer,
            "_events": [*events, end],
            "_raw_events": list(self.raw_stream_events),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        events, raw_events = state.pop("_events"), state.pop("_raw_events")
        super().__setstate__(state)
        log = EventLog(self._answer)
        log.extend(events)
        self._read(self._source_of(NothingMore(raw_events)), log)

    @property
    def provider_id(self) -> str:  # type: ignore[override]  # read from the log
        """Return who answers; known for sure once the first event is there."""
        return self._answer.provider_id or ""

    @property
    def model_id(self) -> str:  # type: ignore[override]  # read from the log
        """Return the model that answers, such as ``openai/gpt-5-mini``."""
        return self._answer.model_id or ""

    @property
    def provider_model_name(self) -> str:  # type: ignore[override]  # read from the log
        """Return the provider's name of the model, with the API mode where it has several."""
        return self._answer.provider_model_name or ""

    @property
    def finish_reason(self) -> FinishReason | None:  # type: ignore[override]  # read from the log
        """Return why the answer ended abnormally; None so far, or when it did not."""
        return self._log.fold.finish_reason

    @property
    def usage(self) -> Usage | None:  # type: ignore[override]  # read from the log
        """Return the tokens used so far; None when the provider has not said."""
        return self._log.fold.usage

    @property
    def cached_at(self) -> float | None:  # type: ignore[override]  # read from the log
        """Return when the answer was asked for, if it comes from a cache; None otherwise."""
        return self._log.fold.cached_at

    @property
    def rate_limits(self) -> RateLimits | None:  # type: ignore[override]  # read from the log
        """Return what the vendor said is left of its limits; None when it has not said."""
        return self._log.fold.rate_limits

    @property
    def state(self) -> StreamState:
        """Return how far the stream is, or how it ended.

        ``complete`` is the only good end, and is reached when an iterator has asked for a chunk
        after the last one, or `finish` has returned.
        """
        return self._log.fold.state

    @property
    def error(self) -> BaseException | None:
        """Return what ended the stream, when it did not complete; iterating raises it again."""
        return self._log.fold.error

    def _why_not_whole(self) -> str:
        match self.state:
            case "pending":
                return ", for the stream has not been read: iterate it first, or call finish()"
            case "streaming":
                return ", for the stream has not been read to its end: call finish() first"
            case "complete":
                return super()._why_not_whole()
            case state:
                return f", for the stream did not end well ({state})"

    def _run_parser(self, parser: OutputParser[FormattableT]) -> FormattableT:
        if self.state in ("pending", "streaming"):  # of half an answer it may make something wrong
            unread = ValueError("an output parser reads whole answers only")
            raise ParseError(f"The output parser was not run{self._why_not_whole()}", unread)
        return super()._run_parser(parser)

    @property
    def consumed(self) -> bool:
        """Return whether the stream was read to its proper end."""
        return self._log.fold.state == "complete"

    @property
    def is_read(self) -> bool:
        """Return whether the answer is there, to its proper end."""
        return self.consumed

    def before_each_pull(self, act: Callable[[], None]) -> None:
        """Have `act` called before the source is asked for more; nobody else pays for that."""
        if not isinstance(self._source, Watched):
            self._source = Watched(self._source)
        self._source.act = act

    @property
    def closed(self) -> bool:
        """Return whether nothing more will be read, for whatever reason."""
        return self._log.ended

    def pretty(self, *, seams: bool = False) -> str:
        """Return all parts as readable text; see `RootResponse.pretty`."""
        if not seams:
            return super().pretty()
        view = PrettyEventView()
        shown = [*map(view, self.events), view.rest()]
        return "".join(text for text in shown if text)

    def _parts_in_order(self) -> Sequence[AssistantContentPart]:
        return self._log.fold.parts_by_start()

    def _parse_partial(self, format: Format[FormattableT]) -> Partial[FormattableT] | None:
        view, position = self._partial or (StructuredView(format), 0)
        chunks = self.chunks[position:]
        for chunk in chunks:
            view(chunk)
        self._partial = (view, position + len(chunks))
        return view.value

    def _structured_view(self) -> StructuredView[FormattableT]:
        if self.format is None:
            raise ValueError("structured_stream() needs a format: pass format= to the call.")
        if isinstance(self.format.formattable, OutputParser):
            raise NotImplementedError(
                "structured_stream() cannot run an output parser, which reads whole answers only. "
                "Use a model or a primitive type as the format."
            )
        return StructuredView(self.format)

    def _facts_shown(self) -> list[str]:
        return [f"state={self.state!r}", *super()._facts_shown()]

    def _deltas(
        self,
        items: Sequence[Any],
        position: int,
        kind: type[Any],
        end: type[EndChunk],
        id: str | None,
    ) -> Any:
        raise TypeError(f"{type(self).__name__} is neither synchronous nor asynchronous.")

    def _substream(self, chunk: AssistantContentChunk, items: Sequence[Any], position: int) -> Any:
        """Return the substream that `chunk`, the last of `items` before `position`, begins."""
        text, thought, tool_call = self._stream_types
        match chunk:
            case TextStartChunk():
                return text(self._deltas(items, position, TextChunk, TextEndChunk, chunk.id))
            case ThoughtStartChunk():
                return thought(
                    self._deltas(items, position, ThoughtChunk, ThoughtEndChunk, chunk.id)
                )
            case ToolCallStartChunk():
                deltas = self._deltas(items, position, ToolCallChunk, ToolCallEndChunk, chunk.id)
                return tool_call(chunk.id, chunk.name, deltas)
            case _:
                return None

    def _cancelled(self, how: str) -> StreamCancelledError:
        return StreamCancelledError(
            f"The stream of {self.model_id} was {how} before its end; what arrived is kept.",
            self.provider_id,
            model=self.model_id,
        )

    def map_errors(self, map_error: Callable[[Exception], Exception | None]) -> None:
        """Raise what `map_error` returns, where that is not None, instead of a source's error."""
        self._map_error = map_error

    def _fail(self, error: BaseException) -> BaseException:
        """Remember what ended the stream, and return it."""
        mapped = (
            self._map_error(error) if self._map_error and isinstance(error, Exception) else None
        )
        if mapped is not None:
            mapped.__cause__ = error
            error = mapped
        self._end_with(error)
        return error

    def _end_with(self, error: BaseException) -> None:
        state = state_of(error)
        if state == "cancelled" and not isinstance(error, StreamCancelledError):
            error = self._cancelled("interrupted")
        self._log.end(state, error)

    def _take(self, batch: Sequence[StreamResponseChunk | Event]) -> None:
        """Log what the source gave."""
        log = self._log
        if log.fold.ended:  # closed by another thread or task while the batch was on its way
            raise log.fold.error or self._cancelled("closed")
        log.extend(batch)
        if log.chunks is not self.chunks:
            self._show()

    def _began_again(self, items: Sequence[Event]) -> bool:
        """Return whether `items` are of an answer that has begun again since."""
        return items is not self._log.chunks and items is not self._log.events

    def _check_current(self, items: Sequence[Event]) -> None:
        """Tell a reader of an answer that has begun again to begin again, too."""
        log = self._log
        if self._began_again(items):
            attempts = (one for one in reversed(log.events) if isinstance(one, Attempt))
            failed = next(one for one in attempts if one.discards)
            raise StreamRestarted(self._failure(failed)) from failed.error

    def _end(self) -> None:
        """Take note of the proper end."""
        if self._log.ended:
            self._raise_error()
        self._log.end("complete")

    def _raise_error(self) -> None:
        """Raise what ended the stream, unless that was its proper end."""
        if self._log.fold.error is not None:
            raise self._log.fold.error


StreamResponseT = TypeVar("StreamResponseT", bound=BaseStreamResponse[Any, Any, Any])
