"""Stop an answer that is too long, and ask for a shorter one."""

from __future__ import annotations

from mirascope import llm


@llm.call("openai/gpt-5-mini")
def explain(subject: str) -> str:
    return f"Explain {subject} at length."


def main() -> None:
    with explain.stream("the Gulf Stream") as response:
        for text in response.text_stream():
            print(text, end="", flush=True)
            if len(response.text()) > 10:
                break
    print(f" ... [{response.state}]")

    response = response.resume("Too long. In one line, please.")
    for text in response.text_stream():
        print(text, end="", flush=True)
    print(f"\n[{response.state}, {len(response.messages)} messages]")


if __name__ == "__main__":
    main()
