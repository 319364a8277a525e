"""What every response has, streamed or not, sync or async, with context or without."""

from __future__ import annotations

import copy
from abc import ABC
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Generic, Literal, Self, TypeAlias, cast, overload

from typing_extensions import TypeVar

from mirascope.llm.content import (
    AssistantContentPart,
    Audio,
    Image,
    Text,
    Thought,
    ToolCall,
    ToolOutput,
)
from mirascope.llm.exceptions import ApprovalRequired, ParseError
from mirascope.llm.formatting import Format, FormattableT, OutputParser, Partial
from mirascope.llm.formatting.extract import parse_full
from mirascope.llm.formatting.partial_reader import PartialReader
from mirascope.llm.messages import AssistantMessage, Message
from mirascope.llm.pricing.cost import Cost
from mirascope.llm.responses.asker import AnyModel, Asker, active_models, make_model
from mirascope.llm.responses.attempts import Attempt, RetryFailure
from mirascope.llm.responses.chunks import Event
from mirascope.llm.responses.finish_reason import FinishReason
from mirascope.llm.responses.paid import paid_for
from mirascope.llm.responses.rate_limits import RateLimits
from mirascope.llm.responses.saving import SavedResponse, dump_response
from mirascope.llm.responses.usage import Usage
from mirascope.llm.responses.views import pretty_part
from mirascope.llm.running import Round
from mirascope.llm.running.record import CallRecord
from mirascope.llm.tools import AnyToolSchema, BaseToolkit
from mirascope.llm.types.jsonable import Jsonable
from mirascope.llm.types.params import Params
from mirascope.llm.types.refusals import require, wrong_type
from mirascope.llm.types.shown import shown
from mirascope.llm.types.watching import watching

__all__ = ["AnyResponse", "RootResponse"]

ToolkitT = TypeVar("ToolkitT", bound=BaseToolkit[AnyToolSchema], covariant=True)

_LONGEST_TEXT = 60
"""How much of the answer a line shows, in characters."""


class RootResponse(ABC, Generic[ToolkitT, FormattableT]):
    """Base of all responses.

    Attributes:
        raw: The provider's own answer: the decoded body, or the events of a stream so far.
        provider_id: Who answered.
        model_id: The model that was asked for, such as ``openai/gpt-5-mini``.
        provider_model_name: The provider's name of the model, with the API mode where it has
            several.
        params: The parameters of the request.
        toolkit: The tools that were offered.
        messages: What was sent, formatting instructions included, and then the answer. A new list.
        content: The parts of the answer.
        texts: The text parts of `content`; `tool_calls`, `thoughts`, `images`, `audios` likewise.
            The same objects.
        finish_reason: Why the answer ended abnormally; None when it did not.
        usage: Tokens used; None when the provider did not say.
        cost: What was spent on the answer; None when that is not known: `cost_unknown` says why.
        format: The requested format, resolved.
        attempts: The requests that were made for this answer, where `llm.retry` or another layer
            that asks again keeps account of them; empty otherwise.
        cached_at: When the answer was asked for, in seconds since the epoch, if `llm.cache` had it;
            its `usage` is what it took then. None when it was asked for now.
        rate_limits: What the vendor said, when it began to answer, is left of its limits; None
            when it did not say.
        rounds: The answers of the run that led here, and what their tools returned; empty for the
            first answer, and where no run was made.
    """

    raw: Any
    provider_id: str
    model_id: str
    provider_model_name: str
    params: Params
    toolkit: ToolkitT
    messages: list[Message]
    content: Sequence[AssistantContentPart]
    texts: Sequence[Text]
    tool_calls: Sequence[ToolCall]
    thoughts: Sequence[Thought]
    images: Sequence[Image]
    audios: Sequence[Audio]
    finish_reason: FinishReason | None
    usage: Usage | None
    format: Format[FormattableT] | None
    attempts: Sequence[Attempt]
    cached_at: float | None = None
    rate_limits: RateLimits | None = None
    rounds: Sequence[Round] = ()
    reached: Self | None = None
    """Where a run that began here was interrupted; see `latest`."""
    _calls: CallRecord | None = None
    _answer: AssistantMessage
    _model: Asker | None = None

    def _toolkit_of(self, tools: Any) -> Any:
        """Return what the caller gave as tools as this variant's toolkit."""
        raise TypeError(f"{type(self).__name__} is not one of the four variants.")

    @property
    def model(self) -> Asker:
        """Return the `Model` from the context if there is one, otherwise the one that was asked.

        That is the very object: with its layers, and of its own class.
        """
        active: tuple[Asker, ...] = active_models.get()
        if active:
            return active[-1]
        if self._model is None:
            self._model = make_model(self.model_id, self.params)
        return self._model

    @property
    def cost(self) -> Cost | None:
        """Return what was spent on the answer; None when that is not known.

        With its `attempts`, those that failed included. Of a stream that is under way, or did not
        complete, it is what is known of it so far, and not `Cost.complete`. An answer from
        `llm.cache` cost nothing.
        """
        priced = paid_for(self)
        return priced if isinstance(priced, Cost) else None

    @property
    def cost_unknown(self) -> str | None:
        """Return why `cost` is None; None when it is known."""
        priced = paid_for(self)
        return priced if isinstance(priced, str) else None

    def _failure(self, attempt: Attempt) -> RetryFailure:
        """Return what `attempt`, which failed, is told as."""
        error = attempt.error
        return RetryFailure(
            model=make_model(attempt.model, self.params),
            exception=error if isinstance(error, Exception) else RuntimeError(str(error)),
        )

    def asked_by(self, model: Any) -> None:
        """Remember who asked; models do that with each response that they return."""
        self._model = model

    def _watched(self) -> AbstractContextManager[None]:
        """Let the layers of who asked watch what is done for this response, where they do."""
        layers: Sequence[Any] = getattr(self._model, "layers", ())
        return watching([layer.watch for layer in layers if hasattr(layer, "watch")])

    def _asker(self, more: dict[str, Any]) -> Asker:
        """Return who is asked next, and take that out of `more`."""
        model: AnyModel | str | None = more.pop("model", None)
        if model is None:
            return self.model
        return cast("Asker", self._named(model))

    def _named(self, model: AnyModel | str) -> AnyModel:
        """Return the model that a caller names."""
        if isinstance(model, str):
            return make_model(model, self.params)
        if not hasattr(type(model), "resume_stream"):  # not the class itself, and no `Message`
            raise wrong_type("model", "an llm.Model, or an id such as 'openai/gpt-5-mini'", model)
        return model

    def _asked_again_by(self, model: AnyModel | str | None) -> None:
        """Remember who is to be asked, when this response was loaded."""
        if model is not None:
            self.asked_by(self._named(model))

    # --- what became of the tool calls

    @property
    def latest(self) -> Self:
        """Return the answer that an interrupted `run` from here has reached; else this one.

        `run` goes on from there. It is what to save after an interruption.
        """
        return self if self.reached is None else self.reached

    @property
    def call_record(self) -> CallRecord:
        """Return what became of the tool calls so far; `run` writes it."""
        if self._calls is None:
            self._calls = CallRecord()
        return self._calls

    @property
    def is_read(self) -> bool:
        """Return whether the answer is there, to its proper end."""
        return True

    @property
    def pending_approvals(self) -> list[ToolCall]:
        """Return the calls that wait for a decision: `approve` or `deny` each of them.

        They are the calls of tools with ``requires_approval=True``. Until then `run` pauses, and
        `execute_tools` raises.
        """
        return self.call_record.pending(self.tool_calls, self.toolkit.tools_dict)

    def approve(self, call: ToolCall) -> None:
        """Let a call be run.

        Args:
            call: One of `tool_calls`, with these very arguments.

        Raises:
            ValueError: It is none of them, or was answered already.
        """
        self.call_record.approve(self._undone(call))

    def deny(self, call: ToolCall, message: str = "The call was denied.") -> None:
        """Have a call answered with `message`, as the error of the tool, instead of run.

        Args:
            call: One of `tool_calls`, whether or not it needs an approval.
            message: What the model is told.

        Raises:
            ValueError: It is none of them, or was answered already.
        """
        require("message", message, str)
        self.call_record.deny(self._undone(call), message)

    def _settled(self) -> CallRecord | None:
        if self._calls is not None:
            self._calls.settle()
        return self._calls

    def _undone(self, call: ToolCall) -> ToolCall:
        require("call", call, ToolCall, "an llm.ToolCall, as in response.pending_approvals")
        if call not in self.tool_calls:
            raise ValueError(f"This answer makes no such call of {call.name}.")
        record = self.call_record
        if call.id in record.outputs or call.id in record.started:
            raise ValueError(f"This call of {call.name} was run or answered already.")
        return call

    def _to_run(self) -> Sequence[ToolCall]:
        """Return the calls that `execute_tools` runs: those that nobody has run or answered.

        Raises:
            ApprovalRequired: Somebody has to decide on one first.
        """
        if pending := self.pending_approvals:
            raise ApprovalRequired(pending)
        if not self._settled():
            return self.tool_calls
        return [call for call in self.tool_calls if call.id not in self.call_record.outputs]

    def _with_known(
        self, outputs: Sequence[ToolOutput[Jsonable]]
    ) -> Sequence[ToolOutput[Jsonable]]:
        """Return new outputs and those that were known, in the order of the calls."""
        if not self.call_record.outputs:
            return outputs
        new = iter(outputs)
        known = self.call_record.outputs
        return [known.get(call.id) or next(new) for call in self.tool_calls]

    def to_json(self) -> str:
        """Return the response as JSON text, which `from_json` reads.

        All that was sent and answered is in it, with usage, finish reason, `raw_message`, the
        parameters, and how the answer ended; also which tool calls were approved, denied,
        or run already by a `run` that paused or was interrupted. Not in it are tools and format,
        which are code; `raw` and raw stream events; and ``extra_headers``, which may hold keys.

        A stream that is still arriving is saved as far as it has arrived, as ``cancelled``; it is
        neither read on nor closed.

        Raises:
            ValueError: Something in a message is not what its class declares, holds itself, or is
                nested too deeply.
        """
        return dump_response(
            SavedResponse(
                provider_id=self.provider_id,
                model_id=self.model_id,
                provider_model_name=self.provider_model_name,
                params=self.params,
                format_mode=None if self.format is None else self.format.mode,
                messages=self._sent(),
                answer=self._answer,
                events=self._events_until_now("saved"),
                calls=self._settled(),
            )
        )

    def _sent(self) -> list[Message]:
        """Return the messages before the answer."""
        for number, message in enumerate(self.messages):
            if message is self._answer:
                return self.messages[:number]
        return list(self.messages)

    def _events_until_now(self, how: str) -> list[Event]:
        """Return a log that has an end, whether or not the answer has; `how` says why it has."""
        raise TypeError(f"{type(self).__name__} is not one of the four variants.")

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "reached"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        # Who asked is no part of the answer, and may hold what cannot be copied.
        memo[id(self._model)] = self._model
        copied = object.__new__(type(self))
        memo[id(self)] = copied
        copied.__setstate__(copy.deepcopy(self.__getstate__(), memo))
        return copied

    def __repr__(self) -> str:
        try:
            text = self.text()
            text = text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 3]}..."
            said = [repr(text)] if text else []
            return shown(self, [repr(self.model_id), *said, *self._facts_shown()])
        except Exception:  # one that is half made, as a debugger may find it
            return object.__repr__(self)

    def _facts_shown(self) -> list[str]:
        parts: list[str] = []
        if self.tool_calls:
            parts.append(f"tool_calls={len(self.tool_calls)}")
        if self.finish_reason is not None:
            parts.append(f"finish_reason={str(self.finish_reason)!r}")
        if self.cached_at is not None:
            parts.append("cached")
        if self.usage is not None:
            parts.append(f"tokens={self.usage.total_tokens}")
        return parts

    def text(self, sep: str = "\n") -> str:
        """Return all text parts joined with `sep`; empty when there are none.

        Of a stream, it is what has arrived so far.

        Args:
            sep: What goes between two parts, never before the first or after the last.

        Raises:
            TypeError: `sep` is no text.
        """
        require("sep", sep, str)
        return sep.join([part.text for part in self.texts])

    def pretty(self, *, seams: bool = False) -> str:
        """Return all parts as readable text, blank lines between them.

        Args:
            seams: Whether to show where a stream broke off and went on; see `llm.recover`.
        """
        return "\n\n".join(map(pretty_part, self._parts_in_order()))

    def _parts_in_order(self) -> Sequence[AssistantContentPart]:
        return self.content

    @overload
    def parse(self, partial: Literal[False] = False) -> FormattableT: ...
    @overload
    def parse(self, partial: Literal[True]) -> Partial[FormattableT] | None: ...
    def parse(self, partial: bool = False) -> FormattableT | Partial[FormattableT] | None:
        """Return the answer in the requested format, None when no format was requested.

        A stream is not consumed: what has arrived is parsed.

        Args:
            partial: Whether to return what can be read so far, all fields optional, rather than
                the validated object. None while nothing can be read.

        Raises:
            ParseError: The answer does not fit the format, or is a stream that has to be read
                first. Never with `partial`.
            NotImplementedError: `partial` with an output parser, which reads whole answers only.
        """
        if self.format is None:
            return None  # pyright: ignore[reportReturnType]  # FormattableT is None then
        parser = self.format.formattable
        if isinstance(parser, OutputParser):
            if partial:
                raise NotImplementedError(
                    "An output parser reads whole answers only: use a model or a primitive type "
                    "as the format for partial results, or call parse() without partial=True."
                )
            # To pyright, a `TypeForm` may be a parser, too: one of anything.
            return self._run_parser(parser)  # pyright: ignore[reportUnknownArgumentType]
        if partial:
            return self._parse_partial(self.format)
        try:
            return parse_full(self.format, self.text(""))
        except Exception as error:
            because = self._why_not_whole()
            raise ParseError(
                f"The response could not be parsed{because}: {error}", error
            ) from error

    def _why_not_whole(self) -> str:
        """Return what an error should say of an answer that is not all that it should be."""
        match self.finish_reason:
            case FinishReason.MAX_TOKENS:
                return ", for it was cut off at the limit of tokens (raise max_tokens)"
            case FinishReason.CONTEXT_LENGTH_EXCEEDED:
                return ", for it was cut off where the model's context ended"
            case FinishReason.REFUSAL:
                return ", for the model refused to answer, or a filter stopped it"
            case None:
                return ""

    def _run_parser(self, parser: OutputParser[FormattableT]) -> FormattableT:
        because = self._why_not_whole()
        try:
            return parser(self)
        except Exception as error:
            raise ParseError(f"The output parser failed{because}: {error}", error) from error

    def _parse_partial(self, format: Format[FormattableT]) -> Partial[FormattableT] | None:
        reader = PartialReader(format)
        reader.feed(self.text(""))
        return reader.value


AnyResponse: TypeAlias = RootResponse[Any, Any]
"""Any response, for annotations such as those of output parsers."""
