# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""litellm, which speaks to many vendors in openai's terms."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from typing import Any, ClassVar, TypeAlias

from ..base.decorator import Call
from ..base.reading import Reading
from ..base.types import CostMetadata, Provider
from ..missing_sdk import needs

with needs("litellm"):
    import litellm as sdk
    from litellm.types.utils import (
        ChatCompletionMessageToolCall,
        Choices,
        Function,
        Message,
        ModelResponse,
    )

from ..openai.vendor import (
    AsyncOpenAIDynamicConfig,
    OpenAICallKwargs,
    OpenAICallParams,
    OpenAICallResponse,
    OpenAICallResponseChunk,
    OpenAIDynamicConfig,
    OpenAIMessageParam,
    OpenAIStream,
    OpenAITool,
    OpenAIVendor,
)

__all__ = [
    "AsyncLiteLLMDynamicConfig",
    "LiteLLMCallKwargs",
    "LiteLLMCallParams",
    "LiteLLMCallResponse",
    "LiteLLMCallResponseChunk",
    "LiteLLMDynamicConfig",
    "LiteLLMMessageParam",
    "LiteLLMStream",
    "LiteLLMTool",
    "LiteLLMVendor",
    "call",
    "litellm_call",
]

LiteLLMMessageParam: TypeAlias = OpenAIMessageParam
LiteLLMDynamicConfig: TypeAlias = OpenAIDynamicConfig
AsyncLiteLLMDynamicConfig: TypeAlias = AsyncOpenAIDynamicConfig
# Those of the vendor behind litellm may be given too.
LiteLLMCallParams: TypeAlias = OpenAICallParams
LiteLLMCallKwargs: TypeAlias = OpenAICallKwargs


class LiteLLMTool(OpenAITool):
    """A tool for litellm."""


class LiteLLMCallResponseChunk(OpenAICallResponseChunk):
    """A chunk of litellm's stream."""


class LiteLLMCallResponse(OpenAICallResponse):
    """A response of litellm."""


class LiteLLMStream(OpenAIStream):
    """A stream of litellm."""

    @property
    def cost_metadata(self) -> CostMetadata:
        """What the price depends on, with litellm's own price."""
        metadata = super().cost_metadata
        metadata.cost = _own_price(
            self.model, self.input_tokens, self.cached_tokens, self.output_tokens
        )
        return metadata


class LiteLLMVendor(OpenAIVendor):
    """litellm, whose functions take the place of a client."""

    provider: ClassVar[Provider] = "litellm"
    response_type = LiteLLMCallResponse
    chunk_type = LiteLLMCallResponseChunk
    stream_type = LiteLLMStream
    tool_type = LiteLLMTool
    both_colours = True

    @staticmethod
    def read_response(response: Any) -> Reading:
        """Read a response, with litellm's own price."""
        reading = OpenAIVendor.read_response(response)
        reading.cost = _own_price(
            reading.model, reading.input_tokens, reading.cached_tokens, reading.output_tokens
        )
        return reading

    def client(self, given: Any, is_async: bool) -> Any:
        """Give no client: litellm keeps its own, one per vendor behind it."""
        return given

    def tool_call(self, id: str | None, name: str, arguments: str) -> Any:
        function = Function(name=name, arguments=arguments)
        return ChatCompletionMessageToolCall(id=id or "", function=function, type="function")

    def rebuild(self, said: Reading) -> Any:
        calls: Any = said.tool_calls or None
        message = Message(role="assistant", content=said.text or None, tool_calls=calls)
        response = self.completion(said, message, ModelResponse, Choices)
        response.usage = said.usage
        return response

    def create(self, client: Any, kwargs: dict[str, Any], *, stream: bool, is_async: bool) -> Any:
        """Ask litellm, with the user's client if there is one."""
        if client is not None:
            kwargs = {**kwargs, "client": client}
        ask: Any = sdk.acompletion if is_async else sdk.completion
        return ask(**(self.streaming(kwargs) if stream else kwargs))

    def stream(self, client: Any, kwargs: dict[str, Any]) -> Generator[Any, None, None]:
        chunks = self.create(client, kwargs, stream=True, is_async=False)
        try:
            yield from chunks
        finally:
            # The wrapper has no close. The vendor's stream inside it has; where that is litellm's
            # own, the lines it reads have.
            inside = chunks.completion_stream
            lines = getattr(inside, "streaming_response", None)
            close = getattr(inside, "close", None) or getattr(lines, "close", None)
            if close is not None:
                close()

    async def astream(self, client: Any, kwargs: dict[str, Any]) -> AsyncGenerator[Any, None]:
        chunks = await self.create(client, kwargs, stream=True, is_async=True)
        try:
            async for chunk in chunks:
                yield chunk
        finally:
            # Before the wrapper had a way to close it, there was only the vendor's stream inside.
            close = getattr(chunks, "aclose", None)
            close = close or getattr(chunks.completion_stream, "close", None)
            if close is not None:
                await close()


def _own_price(model: str | None, given: Any, cached: Any, out: Any) -> float | None:
    """Price tokens by litellm's table, which is in memory; None where it has no row."""
    if given is None or out is None or not model:
        return None
    try:
        prompt, completion = sdk.cost_per_token(
            model=model,
            prompt_tokens=int(given),
            completion_tokens=int(out),
            cache_read_input_tokens=int(cached or 0),
        )
    except Exception:
        # litellm raises a bare Exception for a model it does not know.
        return None
    return float(prompt + completion)


call: Call[LiteLLMCallResponse, LiteLLMStream] = Call(LiteLLMVendor())
litellm_call: Call[LiteLLMCallResponse, LiteLLMStream] = call
