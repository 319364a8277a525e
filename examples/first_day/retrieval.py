"""Answer from your own texts: find the closest ones, and put them in front of the question."""

from __future__ import annotations

import math
import re
from collections import Counter

from mirascope import llm

NOTES = [
    "The fuel dock is open from eight to six and takes cards only.",
    "Visitors berth at pier C; call the harbour office on channel 9 first.",
    "The crane lifts boats up to twelve tonnes, by appointment.",
    "Showers are behind the harbour office; the code changes every week.",
]


def vector(text: str) -> Counter[str]:
    """Return a toy embedding: how often each word occurs."""
    return Counter(re.findall(r"[a-z]{3,}", text.lower()))


def likeness(one: Counter[str], other: Counter[str]) -> float:
    dot = sum(one[word] * other[word] for word in one)
    return dot / (math.sqrt(one.total() * other.total()) or 1)


def closest(question: str, count: int = 2) -> list[str]:
    asked = vector(question)
    return sorted(NOTES, key=lambda note: likeness(asked, vector(note)), reverse=True)[:count]


@llm.call("anthropic/claude-sonnet-4-5")
def answer(question: str) -> list[llm.Message]:
    sources = "\n".join(f"[{n}] {note}" for n, note in enumerate(closest(question), 1))
    return [
        llm.messages.system(f"Answer from these notes alone, and cite them.\n{sources}"),
        llm.messages.user(question),
    ]


def main() -> None:
    for text in answer.stream("Which channel is the harbour office on?").text_stream():
        print(text, end="", flush=True)
    print()


if __name__ == "__main__":
    main()
