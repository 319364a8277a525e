"""Stream several answers at once, each into a line of its own."""

from __future__ import annotations

import asyncio

from mirascope import llm


@llm.call("google/gemini-2.5-flash")
async def greet(language: str) -> str:
    return f"Say hello in {language}."


async def listen(language: str) -> str:
    async with await greet.stream(language) as response:
        async for text in response.text_stream():
            print(f"{language}+{len(text)}", end=" ", flush=True)
        return response.text()


async def main() -> None:
    languages = ["Basque", "Breton", "Welsh"]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(listen(language)) for language in languages]
    print()
    for language, task in zip(languages, tasks, strict=True):
        print(f"{language}: {task.result()}")


if __name__ == "__main__":
    asyncio.run(main())
