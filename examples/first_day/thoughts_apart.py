"""Show what a model thinks apart from what it says: thoughts to stderr, the answer to stdout."""

from __future__ import annotations

import sys

from mirascope import llm


@llm.call("anthropic/claude-sonnet-4-5", thinking={"level": "medium", "include_thoughts": True})
def solve(riddle: str) -> str:
    return riddle


def main() -> None:
    response = solve.stream("What has keys but opens no lock?")
    for stream in response.streams():
        if stream.content_type == "thought":
            for delta in stream:
                print(delta, end="", file=sys.stderr, flush=True)
            print(file=sys.stderr)
        elif stream.content_type == "text":
            for delta in stream:
                print(delta, end="", flush=True)
            print()
    print(f"{len(response.thoughts)} thought, {len(response.texts)} text", file=sys.stderr)


if __name__ == "__main__":
    main()
