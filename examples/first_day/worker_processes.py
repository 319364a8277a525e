"""Ask from worker processes: calls, arguments and whole responses travel between them."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor

from mirascope import llm

TEXTS = ["The buoy has moved.", "The light is out.", "The channel was dredged."]


@llm.call("openai/gpt-5-mini")
def summarise(notice: str) -> str:
    return f"Summarise for sailors: {notice}"


def shorten(response: llm.Response) -> llm.Response:
    return response.resume("In three words, please.")


def main() -> None:
    with ProcessPoolExecutor(max_workers=2) as pool:
        summaries = list(pool.map(summarise, TEXTS))
        for summary, short in zip(summaries, pool.map(shorten, summaries), strict=True):
            print(f"{summary.text()} -> {short.text()} [{len(short.messages)} messages]")


if __name__ == "__main__":
    main()
