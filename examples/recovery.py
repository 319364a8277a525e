"""Go on with an answer whose connection breaks, and ask another vendor if need be."""

from __future__ import annotations

from mirascope import llm


def tell(seam: llm.Seam) -> None:
    print(f"\n[{seam.failed} broke off: {seam.error}]")


@llm.recover(fallback_models=["anthropic/claude-sonnet-4-5"], on_event=tell)
@llm.call("openai/gpt-5-mini")
def report(subject: str) -> str:
    return f"A long report on {subject}."


def main() -> None:
    response = report.stream("harbour dues")
    for text in response.text_stream():
        print(text, end="", flush=True)
    print(f"\n[{response.model_id}, {len(response.attempts)} attempt(s)]")


if __name__ == "__main__":
    main()
