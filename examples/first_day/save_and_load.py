"""Keep an answer in a file, and go on with it later: object, usage, tools and all."""

from __future__ import annotations

import sys
from pathlib import Path

from pydantic import BaseModel

from mirascope import llm


class Passage(BaseModel):
    start: str
    finish: str
    miles: int


@llm.call("openai/gpt-5-mini", format=Passage)
def plan(wish: str) -> str:
    return f"Plan a day's sail. {wish}"


def begin(file: Path) -> None:
    response = plan("Not too far, please.")
    file.write_text(response.to_json(), "utf-8")
    print("planned:", response.parse())


def go_on(file: Path) -> None:
    response = llm.Response.from_json(file.read_bytes(), format=Passage)
    print("we had:", response.parse(), response.usage)
    response = response.resume("A little further?")
    file.write_text(response.to_json(), "utf-8")
    print("now:", response.parse())


def main() -> None:
    file = Path(sys.argv[1] if len(sys.argv) > 1 else "passage.json")
    if file.exists():
        go_on(file)
    else:
        begin(file)


if __name__ == "__main__":
    main()
