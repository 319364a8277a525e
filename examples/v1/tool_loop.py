"""The v1 API: a tool loop on a stream, through the vendor's own SDK (the extra ``openai``).

``python examples/v1/tool_loop.py`` with OPENAI_API_KEY set. Without a key: ``mirascope simulate
--port 8000`` in another terminal, and here OPENAI_BASE_URL=http://127.0.0.1:8000/v1.
"""

from __future__ import annotations

from typing import Any

from mirascope.core import Messages, openai


def get_author(title: str) -> str:
    """Look up who wrote a book.

    Args:
        title: The book's title.
    """
    return {"The Name of the Wind": "Patrick Rothfuss"}.get(title, "nobody I know")


@openai.call("gpt-4o-mini", stream=True, tools=[get_author])
def ask(question: str, history: list[Any]) -> openai.OpenAIDynamicConfig:
    return {"messages": [Messages.User(question), *history]}


def main() -> None:
    history: list[Any] = []
    while True:
        stream = ask("Who wrote The Name of the Wind?", history)
        outputs: list[tuple[Any, str]] = []
        for chunk, tool in stream:
            print(chunk.content, end="", flush=True)
            if tool is not None:
                outputs.append((tool, tool.call()))
        print()
        if not outputs:
            break
        print(f"({len(outputs)} call(s): {', '.join(output for _, output in outputs)})")
        history += [stream.message_param, *stream.tool_message_params(outputs)]
    print(f"{stream.output_tokens} tokens, {stream.common_finish_reasons}")


if __name__ == "__main__":
    main()
