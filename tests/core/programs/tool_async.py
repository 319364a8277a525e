"""Asynchronous tools, several at once."""

# model: CALL get_price {"item": "tea"} CALL get_price {"item": "cake"}
# prints: [3, 4]
import asyncio

from mirascope.core import openai


async def get_price(item: str) -> int:
    """Get the price of an item."""
    await asyncio.sleep(0)
    return len(item)


@openai.call("gpt-4o-mini", tools=[get_price])
async def ask(question: str) -> str:
    return question


async def main() -> None:
    response = await ask("What do tea and cake cost?")
    print(await asyncio.gather(*[tool.call() for tool in response.tools or []]))


asyncio.run(main())
