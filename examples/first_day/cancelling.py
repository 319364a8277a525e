"""Stop waiting: with a time limit of your own, by cancelling a task, and for the first of two."""

from __future__ import annotations

import asyncio

from mirascope import llm


@llm.prompt
async def story(subject: str) -> str:
    return f"Tell a story about {subject}."


async def read(model: str, subject: str) -> str:
    """Return the whole answer; its connection is closed however this ends."""
    async with await story.stream(model, subject) as response:
        await response.finish()
        return response.text()


async def at_most(seconds: float, subject: str) -> None:
    response = await story.stream("openai/gpt-5-mini", subject)
    try:
        async with asyncio.timeout(seconds), response:
            await response.finish()
    except TimeoutError:
        print(f"{seconds} s are over: {response.state}, {len(response.text())} characters")
    else:
        print(f"in time: {response.text()}")


async def until_told(subject: str) -> None:
    task = asyncio.create_task(read("openai/gpt-5-mini", subject))
    await asyncio.sleep(0.5)  # somebody changes their mind meanwhile
    if task.cancel():
        await asyncio.wait([task])
    print("cancelled" if task.cancelled() else f"too late: {task.result()}")


async def the_quicker_one(subject: str) -> None:
    models = ["openai/gpt-5-mini", "anthropic/claude-sonnet-4-5"]
    tasks = [asyncio.create_task(read(model, subject), name=model) for model in models]
    done, late = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in late:
        task.cancel()
    await asyncio.wait(tasks)
    quicker = done.pop()
    print(f"{quicker.get_name()} was first: {quicker.result()}")


async def main() -> None:
    await at_most(0.5, "a lighthouse")
    await until_told("a ferry")
    await the_quicker_one("a race")


if __name__ == "__main__":
    asyncio.run(main())
