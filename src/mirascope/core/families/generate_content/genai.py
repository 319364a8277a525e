# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""The family over google-genai: google itself, and gemini and vertex without their old SDKs."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, TypeAlias

from google import genai
from google.genai import types

from ...base.arguments import read_arguments
from ...base.call_kwargs import BaseCallKwargs
from ...base.call_params import BaseCallParams
from ...base.call_response import BaseCallResponse
from ...base.call_response_chunk import BaseCallResponseChunk
from ...base.decorator import Call
from ...base.dynamic_config import DynamicConfig
from ...base.pair_stream import BaseStream
from ...base.reading import Reading
from ...base.reading_messages import split_system, system_text
from ...base.types import Provider
from ...base.vendor import Draft
from .schema import DeclaredTool, declared, forced
from .vendor import ContentVendor

__all__ = [
    "GenAIChunk",
    "GenAIResponse",
    "GenAIStream",
    "GenAITool",
    "GenAIVendor",
    "LegacyCallParams",
    "LegacyVendor",
    "stand_in",
]


class GenAITool(DeclaredTool):
    """A tool declared by the SDK's models."""

    _classes = (types.Tool, types.FunctionDeclaration)


class GenAIChunk(BaseCallResponseChunk[types.GenerateContentResponse, Any]):
    """A chunk of google-genai."""

    @property
    def thinking(self) -> str:
        """The thoughts this chunk adds."""
        return self.reading.thinking


class GenAIResponse(BaseCallResponse[types.GenerateContentResponse, GenAITool]):
    """A response of google-genai."""

    @property
    def thinking(self) -> str | None:
        """The model's thoughts."""
        return self.reading.thinking or None


class GenAIStream(BaseStream[GenAIResponse, GenAIChunk]):
    """A stream of google-genai."""

    @property
    def thinking(self) -> str:
        """The model's thoughts so far."""
        return str(self._sum.thinking)


class GenAIVendor(ContentVendor):
    """A vendor behind `genai.Client`."""

    params_key = "config"

    def async_half(self, client: Any) -> Any:
        """Give the half that asynchronous requests are sent with."""
        return getattr(client, "aio", client)

    def config(self, params: dict[str, Any]) -> dict[str, Any]:
        """Take the configuration out of the parameters, as a dict of our own."""
        given = params.pop("config", None) or {}
        return dict(given) if isinstance(given, Mapping) else given.model_dump(exclude_none=True)

    def request(self, draft: Draft, client: Any) -> tuple[list[Any], dict[str, Any]]:
        system, rest = split_system(draft.messages)
        messages = self.encode(rest)
        config = self.config(draft.params)
        if system is not None:
            config.setdefault("system_instruction", system_text(system))
        if draft.tool_types:
            # The user's may be others, a search for example.
            config["tools"] = [*(config.get("tools") or ()), declared(draft.tool_types)]
        if draft.forced_tool:
            config["tool_config"] = forced(draft.forced_tool)
        if draft.json_mode and not draft.tool_types:
            config["response_mime_type"] = "application/json"
        kwargs: dict[str, Any] = {"model": draft.model, "contents": messages, **draft.params}
        return messages, {**kwargs, "config": config} if config else kwargs

    def tool_call(self, id: str | None, name: str, arguments: str) -> Any:
        return types.FunctionCall(name=name, args=read_arguments(arguments), id=id)

    def rebuild(self, said: Reading) -> Any:
        parts = [types.Part(text=said.thinking, thought=True)] if said.thinking else []
        if said.text:
            parts.append(types.Part(text=said.text))
        signatures = said.call_signatures[: len(said.tool_calls)]
        parts += [
            types.Part(function_call=call, thought_signature=signature)
            if signature
            else types.Part(function_call=call)
            for call, signature in zip_longest(said.tool_calls, signatures)
        ]
        candidate = types.Candidate(
            content=types.Content(role="model", parts=parts),
            finish_reason=(said.finish_reasons or [None])[0],
        )
        return types.GenerateContentResponse(
            candidates=[candidate],
            model_version=said.model,
            response_id=said.id,
            usage_metadata=said.usage,
        )

    def create(self, client: Any, kwargs: dict[str, Any], *, stream: bool, is_async: bool) -> Any:
        models = client.aio.models if is_async else client.models
        ask = models.generate_content_stream if stream else models.generate_content
        return ask(**kwargs)

    def stream(self, client: Any, kwargs: dict[str, Any]) -> Generator[Any, None, None]:
        """Yield the SDK's chunks; its own generator closes the response."""
        # The client is held here: the SDK closes its connections with it.
        yield from self.create(client, kwargs, stream=True, is_async=False)


LegacyMessageParam: TypeAlias = types.ContentDict | types.Content


class LegacyCallParams(BaseCallParams, total=False):
    """The old SDKs' parameters; put together into google-genai's configuration."""

    config: Any
    generation_config: Any
    safety_settings: Any
    tool_config: Any


class LegacyVendor(GenAIVendor):
    """A vendor with an old SDK of its own, which is not installed."""

    def __init__(self, client: Callable[[], genai.Client]) -> None:
        """Start without a client, and with what makes one."""
        super().__init__()
        self._make = client

    def make_client(self, is_async: bool) -> Any:
        return self._make()

    def config(self, params: dict[str, Any]) -> dict[str, Any]:
        """Put the old SDK's parameters into one configuration."""
        config = super().config(params)
        generation = params.pop("generation_config", None) or {}
        others = {
            name: params.pop(name) for name in ("safety_settings", "tool_config") if name in params
        }
        return {**dict(generation), **others, **config}


def stand_in(
    provider: Provider,
    prefix: str,
    variables: Sequence[str],
    client: Callable[[], genai.Client],
) -> dict[str, Any]:
    """Make the names of a vendor whose own SDK, at its end of life, is not installed.

    Type checkers know the names as they are over that SDK.

    Args:
        provider: The vendor.
        prefix: What its names begin with.
        variables: Prefixes of the environment variables that configure the client.
        client: Makes the client.
    """
    module = f"mirascope.core.{provider}"

    def subclass(name: str, base: type, **body: Any) -> Any:
        return type(base)(prefix + name, (base,), {"__module__": module, **body})

    tool = subclass("Tool", GenAITool)
    body = {
        "provider": provider,
        "tool_type": tool,
        "response_type": subclass("CallResponse", GenAIResponse),
        "chunk_type": subclass("CallResponseChunk", GenAIChunk),
        "stream_type": subclass("Stream", GenAIStream),
        "variables": tuple(variables),
    }
    vendor = subclass("Vendor", LegacyVendor, **body)
    call: Any = Call(vendor(client))
    made = {
        "call": call,
        f"{provider}_call": call,
        f"{prefix}CallKwargs": BaseCallKwargs,
        f"{prefix}CallParams": LegacyCallParams,
        f"{prefix}CallResponse": body["response_type"],
        f"{prefix}CallResponseChunk": body["chunk_type"],
        f"{prefix}DynamicConfig": DynamicConfig[LegacyMessageParam, LegacyCallParams, genai.Client],
        f"{prefix}MessageParam": LegacyMessageParam,
        f"{prefix}Stream": body["stream_type"],
        f"{prefix}Tool": tool,
        f"{prefix}Vendor": vendor,
    }
    return {**made, "__all__": sorted(made)}
