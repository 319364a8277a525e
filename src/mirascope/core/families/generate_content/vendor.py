"""What the vendors of the family have in common, whichever SDK is below."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, ClassVar, Literal

from ...base.jsonable import tool_output
from ...base.reading import Reading
from ...base.types import FinishReason
from ...base.vendor import Vendor
from .messages import encode_messages, function_response, read_message
from .reading import FINISH_REASONS, plain, read

__all__ = ["ContentVendor"]


class ContentVendor(Vendor):
    """A vendor whose messages are contents of parts."""

    reasons: ClassVar[Mapping[str, FinishReason]] = FINISH_REASONS
    read_chunk = staticmethod(read)
    read_response = staticmethod(read)
    read_message = staticmethod(read_message)
    both_colours = True
    # How the SDK wants data.
    blobs: ClassVar[Literal["bytes", "base64"]] = "bytes"
    list_params = frozenset({"stop_sequences"})
    param_names: ClassVar[Mapping[str, str | None]] = {
        "max_tokens": "max_output_tokens",
        "stop": "stop_sequences",
        "frequency_penalty": None,
        "presence_penalty": None,
        "seed": None,
    }

    def encode(self, messages: Sequence[Any]) -> list[Any]:
        return encode_messages(messages, self.provider, self.blobs)

    def assistant(self, said: Reading) -> Any:
        """Make the model's content; its calls must be signed as they were."""
        parts: list[dict[str, Any]] = [{"text": said.text}] if said.text else []
        signatures = said.call_signatures[: len(said.tool_calls)]
        for call, signature in zip_longest(said.tool_calls, signatures):
            part = {"function_call": {"name": call.name, "args": plain(call.args or {})}}
            parts.append({**part, "thought_signature": signature} if signature else part)
        return {"role": "model", "parts": parts}

    def tool_results(self, tools_and_outputs: Sequence[tuple[Any, Any]]) -> list[Any]:
        """Make one user content that holds all the outputs."""
        parts = [
            function_response(tool._name(), tool_output(output))
            for tool, output in tools_and_outputs
        ]
        return [{"role": "user", "parts": parts}]

    async def astream(self, client: Any, kwargs: dict[str, Any]) -> AsyncGenerator[Any, None]:
        chunks = aiter(await self.create(client, kwargs, stream=True, is_async=True))
        try:
            async for chunk in chunks:
                yield chunk
        except GeneratorExit:
            await _abandon(chunks)
            raise


async def _abandon(chunks: AsyncIterator[object]) -> None:
    """Close a stream from inside, by cancelling a read of it.

    Google's SDKs nest asynchronous generators in reference cycles. Closing the outermost leaves
    the response to the garbage collector; a cancelled read unwinds all of them, down to the
    connection. The read takes what has arrived already and is cancelled where it waits for more.

    Args:
        chunks: The SDK's iterator, which nobody reads any more.
    """
    read = asyncio.ensure_future(_read(chunks))
    try:
        await asyncio.sleep(0)
    finally:
        read.cancel()
    # Waiting, unlike awaiting it, raises nothing of the read's.
    await asyncio.wait([read])
    if not read.cancelled():
        read.exception()


async def _read(chunks: AsyncIterator[object]) -> None:
    async for _ in chunks:
        pass
