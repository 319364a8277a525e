"""Ask again when a vendor is busy, and somebody else when that does not help."""

from __future__ import annotations

from mirascope import llm

FALLBACKS = ["anthropic/claude-sonnet-4-5", "google/gemini-2.5-flash"]


def tell(attempt: llm.Attempt) -> None:
    print(f"[{attempt.model}: {attempt.error}]")


@llm.retry(max_retries=2, fallback_models=FALLBACKS, deadline=60, on_retry=tell)
@llm.call("openai/gpt-5-mini")
def report(subject: str) -> str:
    return f"A report on {subject}, in two sentences."


def main() -> None:
    response = report.stream("harbour dues")
    while True:
        try:
            for text in response.text_stream():
                print(text, end="", flush=True)
            break
        except llm.StreamRestarted:
            print("\n[once more, from the beginning]")
    print(f"\n[{response.model_id}, {len(response.attempts)} attempt(s)]")


if __name__ == "__main__":
    main()
