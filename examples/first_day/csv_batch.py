"""Read a CSV, rate each row with a few requests at a time, write a CSV in the same order."""

from __future__ import annotations

import asyncio
import csv
import sys
from pathlib import Path

from pydantic import BaseModel, Field

from mirascope import llm

AT_ONCE = 3


class Rating(BaseModel):
    stars: int = Field(ge=1, le=5)
    topic: str


@llm.call("openai/gpt-5-mini", format=Rating)
async def rate(review: str) -> str:
    return f"Rate this review of a marina: {review}"


async def rate_row(row: dict[str, str], gate: asyncio.Semaphore) -> dict[str, str]:
    async with gate:
        try:
            response = await rate(row["review"])
            rating = response.parse()
        except llm.Error as error:
            return {**row, "stars": "", "topic": "", "error": type(error).__name__}
    return {**row, "stars": str(rating.stars), "topic": rating.topic, "error": ""}


async def main() -> None:
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "data/reviews.csv"
    with source.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    gate = asyncio.Semaphore(AT_ONCE)
    rated = await asyncio.gather(*(rate_row(row, gate) for row in rows))
    writer = csv.DictWriter(sys.stdout, ["id", "review", "stars", "topic", "error"])
    writer.writeheader()
    writer.writerows(rated)


if __name__ == "__main__":
    asyncio.run(main())
