"""Interrupt an answer with Ctrl-C, keep what has arrived, and go on from there."""

from __future__ import annotations

from mirascope import llm


@llm.call("openai/gpt-5-mini")
def explain(subject: str) -> str:
    return f"Explain {subject} at length."


def show(response: llm.StreamResponse) -> bool:
    """Print an answer; return whether it came to its end."""
    try:
        with response:
            for text in response.text_stream():
                print(text, end="", flush=True)
    except KeyboardInterrupt:
        print(f" ... [{response.state}]")
        return False
    print(f" [{response.state}]")
    return True


def main() -> None:
    response = explain.stream("the tides")
    if not show(response):
        response = response.resume("Too long. Finish it in one line, please.")
        show(response)
    print(f"{len(response.messages)} messages")


if __name__ == "__main__":
    main()
