"""Stream in threads, for programs without an event loop: each prints into a line of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed

from mirascope import llm

PORTS = ["Cascais", "Setúbal", "Sines", "Lagos", "Faro", "Olhão", "Tavira", "Peniche"]


@llm.call("openai/gpt-5-mini", max_tokens=60)
def describe(port: str) -> str:
    return f"Describe the port of {port} in a sentence."


def listen(port: str) -> tuple[str, str, int]:
    pieces = 0
    response = describe.stream(port)
    for _ in response.text_stream():
        pieces += 1
    return port, response.text(), pieces


def main() -> None:
    with ThreadPoolExecutor(max_workers=4) as pool:
        waiting = [pool.submit(listen, port) for port in PORTS]
        for done in as_completed(waiting):
            port, text, pieces = done.result()
            print(f"{port}: {text} [{pieces} pieces]")


if __name__ == "__main__":
    main()
