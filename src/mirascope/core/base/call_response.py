"""A whole response."""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    PlainSerializer,
    SerializationInfo,
    SerializeAsAny,
    SerializerFunctionWrapHandler,
    SkipValidation,
    computed_field,
    field_serializer,
)
from typing_extensions import TypeVar

from ..costs import calculate_cost
from .jsonable import describe, transform_tool_outputs
from .message_param import BaseMessageParam
from .reading import Reading, reason_text
from .said import Answer, Said
from .tool import BaseTool
from .types import JsonableType

__all__ = ["BaseCallResponse", "transform_tool_outputs"]

_ResponseT = TypeVar("_ResponseT", default=Any)
_ToolT = TypeVar("_ToolT", bound=BaseTool, default=Any)
_ToolSchemaT = TypeVar("_ToolSchemaT", default=Any)
_DynamicConfigT = TypeVar("_DynamicConfigT", default=Any)
_MessageParamT = TypeVar("_MessageParamT", default=Any)
_CallParamsT = TypeVar("_CallParamsT", default=Any)
_UserMessageParamT = TypeVar("_UserMessageParamT", default=Any)
_ConverterT = TypeVar("_ConverterT", default=Any)


class BaseCallResponse(
    Answer,
    BaseModel,
    Generic[
        _ResponseT,
        _ToolT,
        _ToolSchemaT,
        _DynamicConfigT,
        _MessageParamT,
        _CallParamsT,
        _UserMessageParamT,
        _ConverterT,
    ],
    ABC,
):
    """A vendor's response, with the same properties whoever sent it.

    Attributes:
        metadata: The tags of the call.
        response: The SDK's own object.
        tool_types: The tools that were offered.
        prompt_template: The template's text, where there was one.
        fn_args: The prompt function's arguments by name.
        dynamic_config: The dict the prompt function returned, if it did.
        messages: What was sent, as the vendor's own messages.
        call_params: The call parameters as given.
        call_kwargs: What the SDK was called with.
        user_message_param: The last message sent, if it was a user's.
        start_time: When the call began, in milliseconds since the epoch.
        end_time: When the answer was complete, in milliseconds since the epoch.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow", arbitrary_types_allowed=True)

    metadata: Any
    response: SkipValidation[Any]
    tool_types: list[Any] | None = None
    prompt_template: str | None
    fn_args: dict[str, SerializeAsAny[SkipValidation[Any]]]
    dynamic_config: SkipValidation[Any]
    messages: SkipValidation[Any]
    call_params: SkipValidation[Any]
    call_kwargs: SkipValidation[Any]
    user_message_param: SkipValidation[Any] = None
    start_time: float
    end_time: float

    # The model asked for, for the vendors whose responses don't name one.
    _asked_model: str | None = None

    @classmethod
    def wrap(cls, asked_model: str, **fields: Any) -> Self:
        """Wrap an SDK's response, which may not name the model that was asked."""
        self = cls(**fields)
        self._asked_model = asked_model
        return self

    def __str__(self) -> str:
        return self.content

    @field_serializer(
        "metadata",
        "tool_types",
        "fn_args",
        "dynamic_config",
        "messages",
        "call_params",
        "call_kwargs",
        "user_message_param",
        when_used="json",
    )
    def _describe(self, value: Any) -> Any:
        return describe(value)

    @field_serializer("response", mode="wrap")
    def _dump_response(
        self, value: Any, dump: SerializerFunctionWrapHandler, info: SerializationInfo
    ) -> Any:
        if info.mode_is_json():
            return describe(value)
        # An SDK may leave its models unfinished until pydantic first validates one, and a field of
        # type Any finishes none.
        if isinstance(value, BaseModel):
            type(value).model_rebuild()
        return dump(value)

    @cached_property
    def reading(self) -> Reading:
        """What the response says: read once, used by everything."""
        return self._vendor.read_response(self.response) if self._vendor else Reading()

    def _told(self) -> Reading:
        return self.reading

    @computed_field
    @property
    def content(self) -> str:
        """The text of the answer; empty when there is none."""
        return self.reading.text

    @computed_field
    @property
    def finish_reasons(self) -> list[str] | None:
        """The vendor's own finish reasons, as text; None when there is none."""
        reasons = self.reading.finish_reasons
        return [reason_text(reason) for reason in reasons] if reasons else None

    @computed_field
    @property
    def model(self) -> str | None:
        """The name of the model that answered."""
        return self.reading.model or self._asked_model

    @property
    def usage(self) -> Any:
        """The vendor's usage object."""
        return self.reading.usage

    if not TYPE_CHECKING:  # as `Said` has them, and in dumps too
        id = computed_field(Said.id)
        input_tokens = computed_field(Said.input_tokens)
        cached_tokens = computed_field(Said.cached_tokens)
        output_tokens = computed_field(Said.output_tokens)
        cost_metadata = computed_field(Said.cost_metadata)

    @computed_field
    @property
    def cost(self) -> float | None:
        """The price in US dollars; None when it is not known. Reads no network."""
        return calculate_cost(self.provider, self.model or "", self.cost_metadata)

    @computed_field
    @cached_property
    def message_param(self) -> Annotated[Any, PlainSerializer(describe, when_used="json")]:
        """The answer as the vendor's own assistant message, to continue the conversation with."""
        return self._of_vendor("message_param").assistant(self.reading)

    @property
    def tools(self) -> list[_ToolT] | None:
        """The tools the model called; None when it called none, or none was offered.

        Raises:
            ValueError: If arguments don't fit the tool.
        """
        return self._tools

    @cached_property
    def _tools(self) -> list[_ToolT] | None:
        if not self.tool_types:
            return None
        found: list[Any] = []
        for call in self.reading.tool_calls:
            name = self._of_vendor("tools").call_name(call)
            tool = next((each for each in self.tool_types if each._name() == name), None)
            if tool is not None:
                found.append(tool.from_tool_call(call))
        return found or None

    @property
    def tool(self) -> _ToolT | None:
        """The first tool the model called."""
        return self.tools[0] if self.tools else None

    @classmethod
    def tool_message_params(
        cls, tools_and_outputs: Sequence[tuple[_ToolT, JsonableType]]
    ) -> list[Any]:
        """Make the vendor's messages that hand tool outputs back to the model."""
        return cls._of_vendor("tool_message_params").tool_results(tools_and_outputs)

    @property
    def common_tools(self) -> list[_ToolT] | None:
        """The tools the model called: they read alike for every vendor."""
        return self.tools

    @property
    def common_message_param(self) -> BaseMessageParam:
        """The answer as a message for any vendor."""
        return self._of_vendor("common_message_param").common_answer(self.reading)

    @property
    def common_user_message_param(self) -> BaseMessageParam | None:
        """The last message sent, if it was a user's, as a message for any vendor."""
        if self.user_message_param is None:
            return None
        return self._of_vendor("common_messages").common_message(self.user_message_param)

    @property
    def common_messages(self) -> list[BaseMessageParam]:
        """What was sent, as messages for any vendor."""
        vendor = self._of_vendor("common_messages")
        messages: list[Any] = self.messages or []
        return [vendor.common_message(message) for message in messages]
