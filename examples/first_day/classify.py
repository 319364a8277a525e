"""Sort texts into classes: with a Literal where words do, with an Enum where code goes on."""

from __future__ import annotations

from enum import Enum
from typing import Literal

from mirascope import llm

Mood = Literal["happy", "angry", "neutral"]


class Desk(Enum):
    BERTHS = "berths"
    REPAIRS = "repairs"
    BILLING = "billing"


@llm.call("openai/gpt-5-mini", format=Mood)
def mood_of(mail: str) -> str:
    return f"How does the writer feel?\n\n{mail}"


@llm.call("openai/gpt-5-mini", format=Desk)
def desk_for(mail: str) -> str:
    return f"Who should answer?\n\n{mail}"


def main() -> None:
    for mail in ["You charged me twice!", "My mast is bent, can you help?"]:
        mood = mood_of(mail).parse()
        match desk_for(mail).parse():
            case Desk.BILLING if mood == "angry":
                print(f"call back at once: {mail}")
            case desk:
                print(f"{desk.value} ({mood}): {mail}")


if __name__ == "__main__":
    main()
