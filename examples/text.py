"""Show an answer while it is being written, then look at what is on the response."""

from __future__ import annotations

from mirascope import llm


@llm.call("openai/gpt-5-mini")
def describe(city: str) -> str:
    return f"Describe {city} in one sentence."


def main() -> None:
    response = describe.stream("Lisbon")
    for text in response.text_stream():
        print(text, end="", flush=True)
    print(f"\n{response.state}; {response.usage}")


if __name__ == "__main__":
    main()
