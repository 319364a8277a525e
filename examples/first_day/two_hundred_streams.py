"""Two hundred streams at once, in one thread; what fails is counted and stops nobody else."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from statistics import median

from mirascope import llm


@llm.call("google/gemini-2.5-flash")
async def greet(number: int) -> str:
    return f"Greet visitor number {number}."


async def listen(number: int) -> tuple[str, float]:
    """Return how it ended, and the seconds to the first word."""
    begun = time.perf_counter()
    first = 0.0
    response = await greet.stream(number)
    try:
        async for _ in response.text_stream():
            first = first or time.perf_counter() - begun
    except llm.Error as error:
        return type(error).__name__, first
    return response.state, first


async def main() -> None:
    results = await asyncio.gather(*(listen(number) for number in range(200)))
    for ending, count in Counter(ending for ending, _ in results).most_common():
        print(f"{ending}: {count}")
    if firsts := [first for ending, first in results if ending == "complete"]:
        print(f"median time to the first word: {median(firsts):.3f} s")


if __name__ == "__main__":
    asyncio.run(main())
