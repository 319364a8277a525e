"""Limit how long the model may be silent, rather than how long it may speak."""

from __future__ import annotations

from mirascope import llm

LIMITS = llm.Timeout(connect=5, first_content=60, idle=15, total=300)


@llm.call("anthropic/claude-sonnet-4-5", timeout=LIMITS, thinking={"level": "low"})
def essay(subject: str) -> str:
    return f"An essay on {subject}."


def main() -> None:
    response = essay.stream("patience")
    try:
        for text in response.text_stream():
            print(text, end="", flush=True)
    except llm.TimeoutError as error:
        print(f"\n[{error.phase} passed; {len(response.text())} characters are kept]")
    print(f"\n[{response.state}]")


if __name__ == "__main__":
    main()
