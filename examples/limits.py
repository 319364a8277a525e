"""Ask many things at once, and stay within what the vendor allows."""

from __future__ import annotations

import asyncio
import time

from mirascope import llm

WORDS = ["anchor", "buoy", "capstan", "dinghy", "ensign", "fathom", "gangway", "halyard"]


@llm.call(
    "openai/gpt-5-mini",
    layers=[llm.limit(concurrency=3, requests_per_minute=100, tokens_per_minute=50_000)],
    max_tokens=200,
)
async def explain(word: str) -> str:
    return f"What is a {word}? One sentence."


async def tell(word: str, started: float) -> None:
    response = await explain.stream(word)
    async for _ in response.text_stream():
        pass
    print(f"{time.monotonic() - started:5.2f} s  {word}: {response.text()}")


async def main() -> None:
    started = time.monotonic()
    await asyncio.gather(*(tell(word, started) for word in WORDS))


if __name__ == "__main__":
    asyncio.run(main())
