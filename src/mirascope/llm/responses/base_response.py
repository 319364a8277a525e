"""What whole responses have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from typing_extensions import TypeVar

from mirascope.llm.content import (
    AssistantContentPart,
    Audio,
    Image,
    Text,
    Thought,
    ToolCall,
)
from mirascope.llm.formatting import (
    FORMAT_TOOL_NAME,
    Format,
    FormatSpec,
    FormattableT,
    resolve_format,
)
from mirascope.llm.messages import AssistantMessage, Message
from mirascope.llm.responses.asker import AnyModel
from mirascope.llm.responses.attempts import Attempt
from mirascope.llm.responses.chunks import AnswerEnd, Event
from mirascope.llm.responses.events_of import events_of
from mirascope.llm.responses.finish_reason import FinishReason
from mirascope.llm.responses.rate_limits import RateLimits
from mirascope.llm.responses.raw_body import RawBody, decoded
from mirascope.llm.responses.root_response import RootResponse, ToolkitT
from mirascope.llm.responses.saving import load_response
from mirascope.llm.responses.usage import Usage
from mirascope.llm.tools import AnyTools
from mirascope.llm.types.params import Params

__all__ = ["BaseResponse", "ResponseT"]


class BaseResponse(RootResponse[ToolkitT, FormattableT]):
    """A response that arrived as a whole."""

    def __init__(
        self,
        *,
        raw: Any,
        provider_id: str,
        model_id: str,
        provider_model_name: str,
        params: Params,
        tools: AnyTools | None = None,
        format: Format[FormattableT] | None = None,
        input_messages: Sequence[Message],
        assistant_message: AssistantMessage,
        finish_reason: FinishReason | None,
        usage: Usage | None,
        attempts: Sequence[Attempt] = (),
        cached_at: float | None = None,
        rate_limits: RateLimits | None = None,
    ) -> None:
        self._raw = raw
        self.provider_id = provider_id
        self.model_id = model_id
        self.provider_model_name = provider_model_name
        self.params = params
        self.toolkit: ToolkitT = self._toolkit_of(tools)
        self.format: Format[FormattableT] | None = format
        self.finish_reason = finish_reason
        self.usage = usage
        self.attempts = attempts
        self.cached_at = cached_at
        self.rate_limits = rate_limits
        content = [_shown(part) for part in assistant_message.content]
        if content != list(assistant_message.content):
            assistant_message = replace(assistant_message, content=content)
        self.content: Sequence[AssistantContentPart] = content
        self.texts: Sequence[Text] = [part for part in content if isinstance(part, Text)]
        self.tool_calls: Sequence[ToolCall] = [
            part for part in content if isinstance(part, ToolCall)
        ]
        self.thoughts: Sequence[Thought] = [part for part in content if isinstance(part, Thought)]
        self.images: Sequence[Image] = [part for part in content if isinstance(part, Image)]
        self.audios: Sequence[Audio] = [part for part in content if isinstance(part, Audio)]
        self._answer = assistant_message
        self.messages: list[Message] = [*input_messages, assistant_message]

    @property
    def raw(self) -> Any:  # pyright: ignore[reportIncompatibleVariableOverride]  # decoded when it is looked at
        """Return the provider's own answer: the decoded body, or its text where that is no JSON."""
        if isinstance(self._raw, RawBody):
            self._raw = decoded(self._raw.data)
        return self._raw

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
        folded = saved.log().fold
        if folded.state != "complete":
            raise ValueError(
                f"This answer did not complete, it is {folded.state}: load it with from_json of a "
                f"stream response, {cls.__name__} is for whole answers."
            ) from folded.error
        response = cls(
            raw=None,
            provider_id=saved.provider_id,
            model_id=saved.model_id,
            provider_model_name=saved.provider_model_name,
            params=saved.params,
            tools=tools,
            format=resolve_format(format, saved.default_mode),
            input_messages=saved.messages,
            assistant_message=folded.message,
            finish_reason=folded.finish_reason,
            usage=folded.usage,
            attempts=folded.attempts,
            cached_at=folded.cached_at,
            rate_limits=folded.rate_limits,
        )
        response._calls = saved.calls
        response._asked_again_by(model)
        return response

    def _events_until_now(self, how: str) -> list[Event]:
        return [*events_of(self), AnswerEnd(state="complete")]


def _shown(part: AssistantContentPart) -> AssistantContentPart:
    """Return `part` as users see it: a call of the hidden format tool is its arguments, as text."""
    if isinstance(part, ToolCall) and part.name.startswith(FORMAT_TOOL_NAME):
        return Text(text=part.args)
    if not isinstance(part, AssistantContentPart):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"An assistant message cannot hold {type(part).__name__}.")
    return part


ResponseT = TypeVar("ResponseT", bound=BaseResponse[Any, Any])
