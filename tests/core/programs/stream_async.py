"""A stream in asynchronous code, and the response it adds up to."""

# model: The Name of the Wind
# prints: The|Name|of|the|Wind|
# prints: The Name of the Wind
import asyncio

from mirascope import Messages
from mirascope.core import openai


@openai.call("gpt-4o-mini", stream=True)
async def recommend_book(genre: str) -> Messages.Type:
    return Messages.User(f"Recommend a {genre} book")


async def main() -> None:
    stream = await recommend_book("fantasy")
    async for chunk, _ in stream:
        if chunk.content:
            print(chunk.content.strip(), end="|", flush=True)
    print()
    print(stream.construct_call_response().content)


asyncio.run(main())
