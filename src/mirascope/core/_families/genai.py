# The SDK is optional: where it is not installed, and where it is and has no types, its names are
# unknown to a type checker. So this module is checked in basic mode.
# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""The classes over google-genai: google itself, and gemini and vertex without their old SDKs."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from typing import Any, ClassVar

from google.genai import types

from ..base._arguments import read_arguments
from ..base._jsonable import tool_output
from ..base._read_chunk import ReadChunk
from ..base._vendor import Draft, Vendor
from ..base.call_response import BaseCallResponse
from ..base.stream import BaseStream
from ..base.tool import BaseTool
from ..base.types import FinishReason
from . import google as family
from .abandon import abandon
from .anthropic import split_system

__all__ = ["GenAIChunk", "GenAIResponse", "GenAIStream", "GenAITool", "GenAIVendor"]


class GenAITool(BaseTool):
    """A tool whose call is a `FunctionCall`."""

    @classmethod
    def _call_id(cls, tool_call: Any) -> str | None:
        return None

    @classmethod
    def _call_arguments(cls, tool_call: Any) -> Mapping[str, Any]:
        arguments: Mapping[str, Any] = family.plain(tool_call.args or {})
        return arguments

    @classmethod
    def _declared(cls) -> types.FunctionDeclaration:
        return types.FunctionDeclaration(**family.declaration(cls))

    @classmethod
    def tool_schema(cls) -> Any:
        """Describe the tool with the SDK's model."""
        return types.Tool(function_declarations=[cls._declared()])


class GenAIChunk(ReadChunk[types.GenerateContentResponse, Any]):
    """A chunk of google-genai."""

    _read = staticmethod(family.read)
    _reason_names: ClassVar[Mapping[str, FinishReason]] = family.FINISH_REASONS

    @property
    def thinking(self) -> str:
        """The thoughts this chunk adds."""
        return self._reading.thinking


def content_dict(
    text: str, tool_calls: Sequence[Any], signatures: Sequence[bytes | None]
) -> dict[str, Any]:
    """Make the message that continues a conversation; its calls must be signed as they were."""
    parts: list[dict[str, Any]] = [{"text": text}] if text else []
    for call, signature in zip(tool_calls, signatures, strict=False):
        part: dict[str, Any] = {"function_call": {"name": call.name, "args": call.args or {}}}
        parts.append({**part, "thought_signature": signature} if signature else part)
    return {"role": "model", "parts": parts}


class GenAIResponse(BaseCallResponse[types.GenerateContentResponse, GenAITool]):
    """A response of google-genai."""

    _tool_type = GenAITool
    _read = staticmethod(family.read)
    _reason_names: ClassVar[Mapping[str, FinishReason]] = family.FINISH_REASONS

    @property
    def thinking(self) -> str | None:
        """The model's thoughts."""
        return self._reading.thinking or None

    def _message_param(self) -> Any:
        reading = self._reading
        return content_dict(self.content, reading.tool_calls, reading.call_signatures)

    @classmethod
    def _call_name(cls, tool_call: Any) -> str:
        return str(tool_call.name)

    @classmethod
    def tool_message_params(cls, tools_and_outputs: Sequence[tuple[Any, Any]]) -> list[Any]:
        """Make one user message that holds all the outputs."""
        parts = [
            family.function_response(tool._name(), tool_output(output))
            for tool, output in tools_and_outputs
        ]
        return [{"role": "user", "parts": parts}]


class GenAIStream(BaseStream[GenAIResponse, GenAIChunk]):
    """A stream of google-genai."""

    _reason_names: ClassVar[Mapping[str, FinishReason]] = family.FINISH_REASONS

    @property
    def thinking(self) -> str:
        """The model's thoughts so far."""
        return str(self._sum.thinking)

    def _construct_message_param(
        self, tool_calls: list[Any] | None = None, content: str | None = None
    ) -> Any:
        return content_dict(content or "", tool_calls or [], self._sum.call_signatures)

    def _construct_response(self) -> Any:
        parts = [types.Part(text=self.thinking, thought=True)] if self.thinking else []
        if self.content:
            parts.append(types.Part(text=self.content))
        parts += [
            types.Part(function_call=call, thought_signature=signature)
            if signature
            else types.Part(function_call=call)
            for call, signature in zip(
                self._sum.tool_calls, self._sum.call_signatures, strict=False
            )
        ]
        candidate = types.Candidate(
            content=types.Content(role="model", parts=parts),
            finish_reason=(self.finish_reasons or [None])[0],
        )
        return types.GenerateContentResponse(
            candidates=[candidate],
            model_version=self.model,
            response_id=self.id,
            usage_metadata=self._sum.usage,
        )


class GenAIVendor(Vendor):
    """A vendor behind `genai.Client`."""

    both_colours = True
    streams_tools = False
    params_key = "config"
    list_params = frozenset({"stop_sequences"})
    param_names: ClassVar[Mapping[str, str | None]] = family.PARAM_NAMES

    def encode(self, messages: Sequence[Any]) -> list[Any]:
        """Translate common messages."""
        return family.encode_messages(messages, self.provider, "bytes")

    def config(self, params: dict[str, Any]) -> dict[str, Any]:
        """Take the configuration out of the parameters, as a dict of our own."""
        given = params.pop("config", None) or {}
        return dict(given) if isinstance(given, Mapping) else given.model_dump(exclude_none=True)

    def request(self, draft: Draft, client: Any) -> tuple[list[Any], dict[str, Any]]:
        """Word a request."""
        system, rest = split_system(draft.messages)
        messages = self.encode(rest)
        config = self.config(draft.params)
        text = family.system_text(system)
        if text is not None:
            config.setdefault("system_instruction", text)
        if draft.tool_types:
            # All as one: Vertex takes no second one with functions. The user's may be others.
            tools: list[Any] = draft.tool_types
            offered = types.Tool(function_declarations=[tool._declared() for tool in tools])
            config["tools"] = [*(config.get("tools") or ()), offered]
        if draft.forced_tool:
            config["tool_config"] = family.forced(draft.forced_tool)
        if draft.json_mode and not draft.tool_types:
            config["response_mime_type"] = "application/json"
        kwargs: dict[str, Any] = {"model": draft.model, "contents": messages, **draft.params}
        return messages, {**kwargs, "config": config} if config else kwargs

    def tool_call(self, id: str | None, name: str, arguments: str) -> Any:
        """Make the SDK's tool call."""
        return types.FunctionCall(name=name, args=read_arguments(arguments), id=id)

    def send(self, client: Any, kwargs: dict[str, Any]) -> Any:
        """Send a request."""
        return client.models.generate_content(**kwargs)

    async def asend(self, client: Any, kwargs: dict[str, Any]) -> Any:
        """Send a request from asynchronous code."""
        return await client.aio.models.generate_content(**kwargs)

    def stream(self, client: Any, kwargs: dict[str, Any]) -> Generator[Any, None, None]:
        """Yield the SDK's chunks; its own generator closes the response."""
        yield from client.models.generate_content_stream(**kwargs)

    async def astream(self, client: Any, kwargs: dict[str, Any]) -> AsyncGenerator[Any, None]:
        """Yield the SDK's chunks from asynchronous code."""
        chunks = await client.aio.models.generate_content_stream(**kwargs)
        try:
            async for chunk in chunks:
                yield chunk
        except GeneratorExit:
            await abandon(chunks)
            raise
