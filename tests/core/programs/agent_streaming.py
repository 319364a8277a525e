"""An agent that prints while it thinks, in asynchronous code."""

# model: CALL look_up {"title": "Emma"}
# model: It was Austen.
# prints: [look_up: Austen]
# prints: It was Austen.
import asyncio

from mirascope import BaseMessageParam, Messages
from mirascope.core import openai


async def look_up(title: str) -> str:
    """Look up who wrote a book."""
    return {"Emma": "Austen"}[title]


@openai.call("gpt-4o-mini", stream=True, tools=[look_up])
async def step(history: list) -> Messages.Type:
    return history


async def main() -> None:
    history: list = [BaseMessageParam(role="user", content="Who wrote Emma?")]
    while True:
        stream = await step(history)
        outputs = []
        async for chunk, tool in stream:
            if tool:
                output = await tool.call()
                print(f"[{tool._name()}: {output}]")
                outputs.append((tool, output))
            else:
                print(chunk.content, end="")
        history.append(stream.message_param)
        if not outputs:
            break
        history += stream.tool_message_params(outputs)
    print()


asyncio.run(main())
