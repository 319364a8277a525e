"""A program for pipes: ``git diff | python pipe.py "Review this change." > review.md``.

Only the answer goes to standard output; the exit code says whether it is whole.
"""

from __future__ import annotations

import sys

from mirascope import llm


@llm.call("openai/gpt-5-mini")
def apply(instruction: str, text: str) -> list[llm.Message]:
    return [llm.messages.system(instruction), llm.messages.user(text)]


def main() -> int:
    if len(sys.argv) < 2:
        print(f"usage: {sys.argv[0]} INSTRUCTION < TEXT", file=sys.stderr)
        return 2
    response = apply.stream(" ".join(sys.argv[1:]), sys.stdin.read())
    try:
        for text in response.text_stream():
            print(text, end="", flush=True)
    except llm.Error as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
