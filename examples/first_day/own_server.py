"""Ask a server of your own (vLLM, llama.cpp, LM Studio, ...) that speaks OpenAI's wire."""

from __future__ import annotations

import os

from mirascope import llm

ADDRESS = os.environ.get("MY_SERVER", "http://127.0.0.1:8080/v1")


def main() -> None:
    llm.register_provider(
        "openai:completions", "mine/", base_url=ADDRESS, api_key=os.environ.get("MY_SERVER_KEY")
    )
    model = llm.Model(
        "mine/qwen3-8b",
        temperature=0.2,
        extra_body={"repetition_penalty": 1.1},  # what only this server knows
    )
    response = model.stream("Who are you?")
    try:
        for text in response.text_stream():
            print(text, end="", flush=True)
        print()
    except llm.ConnectionError as error:
        raise SystemExit(f"Is the server running? {error}") from error
    print(f"[{response.model_id}: {response.usage}]")


if __name__ == "__main__":
    main()
