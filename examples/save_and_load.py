"""Keep a conversation in a file, and go on with it later, in another process if need be."""

from __future__ import annotations

import tempfile
from pathlib import Path

from mirascope import llm

MODEL = llm.Model("anthropic/claude-sonnet-4-5")


def ask(file: Path, question: str) -> None:
    """Ask with all that was said before, show the answer, and keep it."""
    if file.exists():
        history = llm.messages.from_json(file.read_bytes())
    else:
        history = [llm.messages.system("You are a pilot. Be brief.")]
    response = MODEL.stream([*history, llm.messages.user(question)])
    for text in response.text_stream():
        print(text, end="", flush=True)
    print()
    file.write_text(llm.messages.to_json(response.messages), "utf-8")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "conversation.json"
        ask(file, "When is high water in Cascais?")
        ask(file, "And can I sail then?")
        for message in llm.messages.from_json(file.read_bytes()):
            print(f"[{message.role}]", end=" ")
        print(f"{file.stat().st_size} bytes")


if __name__ == "__main__":
    main()
