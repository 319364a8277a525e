"""Semantic search over twenty lines: which of them mean what was asked?"""

from __future__ import annotations

import math
import sys
from array import array

from mirascope import llm

MODEL = "openai/text-embedding-3-small"
LINES = [
    "The Danube flows through ten countries.",
    "The Nile is the longest river of Africa.",
    "Salmon swim up the river to spawn.",
    "A kettle of water boils in four minutes.",
    "Bread rises when the yeast is warm.",
    "Fold the dough, wait, and fold it again.",
    "Soup is better on the second day.",
    "The train to the sea leaves at noon.",
    "A bicycle needs air in its tyres.",
    "The bus stops at the market.",
    "Stock prices fell after the report.",
    "The bank raised the price of credit.",
    "Inflation makes bread expensive.",
    "The orchestra tunes to the oboe.",
    "A fugue begins with one voice.",
    "She plays the piano before breakfast.",
    "Stars are born in clouds of gas.",
    "The moon moves the tides of the sea.",
    "A comet returns every seventy years.",
    "Python is named after a comedy show.",
]


def nearness(a: array[float], b: array[float]) -> float:
    """Return the cosine of two vectors: 1 for the same direction."""
    return sum(x * y for x, y in zip(a, b, strict=True)) / (math.hypot(*a) * math.hypot(*b))


def main() -> None:
    question = " ".join(sys.argv[1:]) or "Which river is the longest?"
    lines = llm.embed(MODEL, LINES, task="document")
    asked = llm.embed(MODEL, question, task="query").vector
    found = sorted(
        (nearness(asked, vector), line) for line, vector in zip(LINES, lines, strict=True)
    )
    print(question)
    for near, line in found[:-4:-1]:
        print(f"{near:.2f}  {line}")


if __name__ == "__main__":
    main()
