# Values here are users' and SDKs' own, of any type.
# pyright: reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false
"""What google-generativeai and vertexai have in common: a `GenerativeModel` is the client."""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from typing import Any, ClassVar

from typing_extensions import TypeVar

from ..base._read_chunk import ReadChunk
from ..base._vendor import Draft, Vendor
from ..base.call_response import BaseCallResponse
from ..base.tool import BaseTool
from ..base.types import FinishReason
from . import google as family
from .abandon import abandon
from .anthropic import split_system

__all__ = ["GenerativeChunk", "GenerativeResponse", "GenerativeTool", "GenerativeVendor"]

_ChunkT = TypeVar("_ChunkT", default=Any)
_NativeT = TypeVar("_NativeT", default=Any)
_ToolT = TypeVar("_ToolT", bound=BaseTool, default=BaseTool)


class GenerativeTool(BaseTool):
    """A tool whose call is a protobuf `FunctionCall`."""

    @classmethod
    def _call_id(cls, tool_call: Any) -> str | None:
        return None

    @classmethod
    def _call_arguments(cls, tool_call: Any) -> Mapping[str, Any]:
        arguments: Mapping[str, Any] = family.plain(tool_call.args or {})
        return arguments


class GenerativeChunk(ReadChunk[_ChunkT, Any]):
    """A chunk of either SDK."""

    _read = staticmethod(family.read)
    _reason_names: ClassVar[Mapping[str, FinishReason]] = family.FINISH_REASONS


class GenerativeResponse(BaseCallResponse[_NativeT, _ToolT]):
    """A response of either SDK."""

    _read = staticmethod(family.read)
    _reason_names: ClassVar[Mapping[str, FinishReason]] = family.FINISH_REASONS

    @classmethod
    def _call_name(cls, tool_call: Any) -> str:
        return str(tool_call.name)


class GenerativeVendor(Vendor):
    """A vendor whose model objects have `generate_content`."""

    both_colours = True
    streams_tools = False
    params_key = "generation_config"
    list_params = frozenset({"stop_sequences"})
    param_names: ClassVar[Mapping[str, str | None]] = family.PARAM_NAMES

    @abstractmethod
    def new_model(self, name: str) -> Any:
        """Build the SDK's model object."""

    @abstractmethod
    def instruction(self, text: str) -> Any:
        """Make the SDK's form of a system instruction."""

    @abstractmethod
    def offer(self, tool_types: Sequence[Any]) -> Any:
        """Describe tools with the SDK's classes."""

    @abstractmethod
    def force(self, name: str) -> Any:
        """Word that the model must call a tool."""

    @abstractmethod
    def call_of(self, chunks: Any) -> Any:
        """Give the call that a started stream reads, which can be cancelled.

        The SDKs keep it to themselves; None where it is not found.
        """

    def make_client(self, is_async: bool) -> Any:
        """Give no client: the SDKs are configured by a call of their own and keep theirs."""
        return None

    def client(self, given: Any, is_async: bool) -> Any:
        """Give the user's model object, if there is one."""
        return given

    def session(self, client: Any, draft: Draft) -> Any:
        """Give a model object for this call: the system message is written into it."""
        model = client if client is not None else self.new_model(draft.model)
        text = family.system_text(split_system(draft.messages)[0])
        if text is None:
            return model
        # A copy: the object may be the user's, or serve other calls at the same time.
        model = copy.copy(model)
        model._system_instruction = self.instruction(text)
        return model

    def request(self, draft: Draft, client: Any) -> tuple[list[Any], dict[str, Any]]:
        """Word a request."""
        messages = self.encode(split_system(draft.messages)[1])
        kwargs: dict[str, Any] = {"contents": messages, **draft.params}
        if draft.tool_types:
            kwargs["tools"] = [self.offer(draft.tool_types)]
        if draft.forced_tool:
            kwargs["tool_config"] = self.force(draft.forced_tool)
        if draft.json_mode and not draft.tool_types:
            kwargs["generation_config"] = self.json_config(kwargs.get("generation_config"))
        return messages, kwargs

    def json_config(self, given: Any) -> Any:
        """Put the JSON switch into a configuration, leaving the user's own as it is."""
        if given is not None and not isinstance(given, Mapping):
            given = given.to_dict() if hasattr(given, "to_dict") else vars(given)
        values = {key: value for key, value in (given or {}).items() if value is not None}
        return {**values, "response_mime_type": "application/json"}

    def send(self, client: Any, kwargs: dict[str, Any]) -> Any:
        """Send a request."""
        return client.generate_content(**kwargs)

    async def asend(self, client: Any, kwargs: dict[str, Any]) -> Any:
        """Send a request from asynchronous code."""
        return await client.generate_content_async(**kwargs)

    def stream(self, client: Any, kwargs: dict[str, Any]) -> Generator[Any, None, None]:
        """Yield the SDK's chunks."""
        chunks = client.generate_content(**kwargs, stream=True)
        call: Any = None
        try:
            for chunk in chunks:
                call = call or self.call_of(chunks)
                yield chunk
        finally:
            # Over REST the call is part of a reference cycle, so dropping it closes nothing.
            if call is not None:
                call.cancel()

    async def astream(self, client: Any, kwargs: dict[str, Any]) -> AsyncGenerator[Any, None]:
        """Yield the SDK's chunks from asynchronous code."""
        chunks = aiter(await client.generate_content_async(**kwargs, stream=True))
        try:
            async for chunk in chunks:
                yield chunk
        except GeneratorExit:
            await abandon(chunks)
            raise


def parts_of(text: str, tool_calls: Sequence[Any]) -> list[dict[str, Any]]:
    """Make the parts of the message that continues a conversation."""
    parts: list[dict[str, Any]] = [{"text": text}] if text else []
    return parts + [
        {"function_call": {"name": call.name, "args": family.plain(call.args or {})}}
        for call in tool_calls
    ]
