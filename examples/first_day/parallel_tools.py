"""Async tools: the calls of one answer run at the same time."""

from __future__ import annotations

import asyncio
import time

from mirascope import llm


@llm.tool
async def wind(place: str) -> str:
    """Measure the wind at a place."""
    print(f"the wind in {place} ...")
    await asyncio.sleep(0.3)  # a slow instrument
    print(f"the wind in {place} is known")
    return f"{place}: 4 Beaufort, north-west"


@llm.tool
async def waves(place: str) -> str:
    """Measure the height of the waves at a place."""
    print(f"the waves in {place} ...")
    await asyncio.sleep(0.3)
    print(f"the waves in {place} are known")
    return f"{place}: 1.2 m"


@llm.call("google/gemini-2.5-flash", tools=[wind, waves])
async def forecast(question: str) -> str:
    return question


async def main() -> None:
    response = await forecast.stream("What is it like in Cascais and in Sines?")
    while True:
        async for text in response.text_stream():
            print(text, end="", flush=True)
        if not response.tool_calls:
            break
        begun = time.perf_counter()
        outputs = await response.execute_tools()
        print(f"[{len(outputs)} calls in {time.perf_counter() - begun:.1f} s]")
        response = await response.resume(outputs)
    print()


if __name__ == "__main__":
    asyncio.run(main())
