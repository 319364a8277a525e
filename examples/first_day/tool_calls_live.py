"""Watch a tool call being written, and run each one as soon as it is complete."""

from __future__ import annotations

from mirascope import llm


@llm.tool
def send_note(to: str, text: str) -> str:
    """Send a note to somebody in the harbour."""
    return f"delivered to {to} ({len(text)} characters)"


@llm.call("openai/gpt-5-mini", tools=[send_note])
def secretary(wish: str) -> str:
    return wish


def main() -> None:
    response = secretary.stream("Tell Ada and Tom that high water is at four.")
    outputs: list[llm.ToolOutput[llm.Jsonable]] = []
    for stream in response.streams():
        if stream.content_type == "tool_call":
            print(f"{stream.tool_name} ", end="")
            for delta in stream:
                print(delta, end="", flush=True)
            output = response.toolkit.execute(stream.collect())
            print(f" -> {output.result}")
            outputs.append(output)
    if outputs:
        response = response.resume(outputs)
        for text in response.text_stream():
            print(text, end="", flush=True)
        print()


if __name__ == "__main__":
    main()
