"""Ask about images and documents: from a file, from bytes, and by their address."""

from __future__ import annotations

from pathlib import Path

from mirascope import llm

DATA = Path(__file__).parent / "data"


@llm.call("anthropic/claude-sonnet-4-5")
def compare(picture: llm.Image, chart: llm.Image) -> list[str | llm.Image]:
    return ["Is this the place", picture, "that is marked here?", chart]


@llm.call("anthropic/claude-sonnet-4-5")
def summarise(*documents: llm.Document) -> list[str | llm.Document]:
    return ["What do these rules have in common?", *documents]


def main() -> None:
    picture = llm.Image.from_file(DATA / "buoy.png")
    chart = llm.Image.from_url("https://example.com/chart.png")  # the vendor fetches it
    print(compare(picture, chart).text())

    rules = llm.Document.from_file(DATA / "rules.txt")
    notice = llm.Document.from_bytes(b"No anchoring east of the buoy.", mime_type="text/plain")
    print(summarise(rules, notice).text())


if __name__ == "__main__":
    main()
