"""Try again when that may help, and fall back to another vendor when it does not."""

from __future__ import annotations

import time

from mirascope import llm

MODELS = ["openai/gpt-5-mini", "anthropic/claude-sonnet-4-5", "google/gemini-2.5-flash"]
PASSING = (llm.RateLimitError, llm.ServerError, llm.ConnectionError, llm.TimeoutError)


@llm.prompt
def report(subject: str) -> str:
    return f"A report on {subject}, in two sentences."


def write(subject: str, attempts: int = 2) -> llm.StreamResponse:
    for model in MODELS:
        for attempt in range(1, attempts + 1):
            response = report.stream(model, subject)
            try:
                for text in response.text_stream():
                    print(text, end="", flush=True)
            except PASSING as error:
                print(f"\n[{model}, attempt {attempt}: {type(error).__name__}]")
                time.sleep(getattr(error, "retry_after", None) or attempt)
            except llm.Error as error:
                print(f"[{model}: {error}]")
                break
            else:
                return response
    raise SystemExit("nobody answered")


def main() -> None:
    response = write("harbour dues")
    print(f"\n[{response.model_id}]")


if __name__ == "__main__":
    main()
