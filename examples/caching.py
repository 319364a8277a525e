"""Ask once, and get the same answer again."""

from __future__ import annotations

from mirascope import llm

# For answers that outlive the process: llm.cache("answers.sqlite", ttl=3600).


@llm.call("openai/gpt-5-mini", layers=[llm.cache(ttl=3600)])
def explain(word: str) -> str:
    return f"What is a {word}? One sentence."


def main() -> None:
    for word in ("lighthouse", "sextant", "lighthouse"):
        response = explain.stream(word)
        for text in response.text_stream():
            print(text, end="", flush=True)
        print(f"\n[{'kept from before' if response.cached_at else 'asked for now'}]")


if __name__ == "__main__":
    main()
