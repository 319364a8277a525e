"""Ask two models from several threads, and see what each of them cost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from mirascope import llm

QUESTIONS = ["Which hills are near Sintra?", "How high are they?", "What does one see from there?"]


@llm.call("openai/gpt-5-nano")
def short(question: str) -> str:
    return f"In one sentence: {question}"


@llm.call("anthropic/claude-sonnet-4-5")
def long(question: str) -> str:
    return f"In detail: {question}"


def main() -> None:
    with llm.track() as total:
        with ThreadPoolExecutor() as threads:
            answers = [*threads.map(short, QUESTIONS)]
        last = long(QUESTIONS[-1] + " " + answers[-1].text())

    for question, answer in zip(QUESTIONS, answers, strict=True):
        print(f"{question} {answer.cost or answer.cost_unknown}")
    print(f"in detail: {last.cost}")
    for model_id, share in total.by_model().items():
        print(f"{model_id}: {share.requests} requests, {share.usage.total_tokens} tokens")
    print(f"together: {total.cost}")


if __name__ == "__main__":
    main()
