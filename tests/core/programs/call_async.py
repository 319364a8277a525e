"""The same call, awaited."""

# model: Mistborn
# prints: Mistborn
import asyncio

from mirascope.core import openai


@openai.call("gpt-4o-mini")
async def recommend_book(genre: str) -> str:
    return f"Recommend a {genre} book"


async def main() -> None:
    response = await recommend_book("fantasy")
    print(response)


asyncio.run(main())
