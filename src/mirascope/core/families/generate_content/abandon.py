"""Leaving the stream of an SDK that has no way to close it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

__all__ = ["abandon"]


async def abandon(chunks: AsyncIterator[object]) -> None:
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
