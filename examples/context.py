"""Give prompts and tools what they need and the model must not see."""

from __future__ import annotations

from dataclasses import dataclass

from mirascope import llm


@dataclass
class Library:
    titles: list[str]


@llm.tool
def available(ctx: llm.Context[Library], title: str) -> bool:
    """Check whether a book is on the shelf."""
    return title in ctx.deps.titles


@llm.call("openai/gpt-5-mini", tools=[available])
def librarian(ctx: llm.Context[Library], question: str) -> list[llm.Message]:
    return [
        llm.messages.system(f"The library holds {len(ctx.deps.titles)} books."),
        llm.messages.user(question),
    ]


def main() -> None:
    ctx = llm.Context(deps=Library(titles=["Moby-Dick", "The Odyssey"]))
    response = librarian.stream(ctx, "Have you anything about whales?")
    while True:
        for text in response.pretty_stream():
            print(text, end="", flush=True)
        print()
        if not response.tool_calls:
            break
        response = response.resume(ctx, response.execute_tools(ctx))


if __name__ == "__main__":
    main()
