"""Let a model use two functions: text aloud, tool calls as notes, until there are none left."""

from __future__ import annotations

from datetime import date

from mirascope import llm


@llm.tool
def tide(harbour: str, day: date) -> str:
    """Look up the times of high water.

    Args:
        harbour: The name of the harbour.
        day: Which day.
    """
    return f"High water in {harbour} on {day:%d %B}: 04:12 and 16:40."


@llm.tool
def wind(harbour: str) -> str:
    """Look up the wind at a harbour."""
    return f"{harbour}: 4 Beaufort, north-west."


@llm.call("anthropic/claude-sonnet-4-5", tools=[tide, wind])
def pilot(question: str) -> str:
    return question


def main() -> None:
    response = pilot.stream("When can I sail from Cascais?")
    while True:
        for stream in response.streams():
            if stream.content_type == "text":
                for delta in stream:
                    print(delta, end="", flush=True)
                print()
            elif stream.content_type == "tool_call":
                call = stream.collect()
                print(f"[{call.name} {call.args}]")
        if not response.tool_calls:
            break
        response = response.resume(response.execute_tools())


if __name__ == "__main__":
    main()
