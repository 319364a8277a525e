"""Put something that is no vendor behind the same interface: here, a rule that needs no model."""

from __future__ import annotations

from collections.abc import Iterator

from mirascope import llm
from mirascope.llm.providers import BaseProvider

TIDES = {"Cascais": "04:12", "Lagos": "03:40"}


class TideTable(BaseProvider):
    """Answers from a table, in the form of a model's stream."""

    id = "tide-table"
    default_scope = "tides/"

    def open(self, request: llm.Request) -> Iterator[llm.Event]:
        question = question_of(request)
        port = next((port for port in TIDES if port in question), None)
        if port is None:
            raise LookupError("no port that is in the table")
        yield llm.TextStartChunk()
        for word in f"High water in {port} is at {TIDES[port]}.".split(" "):
            yield llm.TextChunk(delta=f"{word} ")
        yield llm.TextEndChunk()


def question_of(request: llm.Request) -> str:
    last = request.messages[-1]
    if last.role != "user":
        return ""
    return " ".join(part.text for part in last.content if part.type == "text")


@llm.call("tides/2026")
def when(question: str) -> str:
    return question


def main() -> None:
    llm.register_provider(TideTable())
    for text in when.stream("When can I leave Lagos?").text_stream():
        print(text, end="", flush=True)
    print()
    print(when("And Cascais?").text())
    try:
        when("And Porto?")
    except LookupError as error:
        print(f"No answer: {error}")


if __name__ == "__main__":
    main()
