"""Write a conversation by hand: instructions, examples as turns that never were, the question."""

from __future__ import annotations

from mirascope import llm

EXAMPLES = {
    "We are taking on water!": "mayday",
    "Engine dead, drifting slowly, no danger yet.": "pan-pan",
    "A log floats near the fairway.": "securite",
}


@llm.call("anthropic/claude-sonnet-4-5", temperature=0, max_tokens=10)
def kind_of_call(report: str) -> list[llm.Message]:
    messages: list[llm.Message] = [
        llm.messages.system("Name the radio call that fits. One word."),
    ]
    for example, word in EXAMPLES.items():
        messages += [
            llm.messages.user(example),
            llm.messages.assistant(word, model_id=None, provider_id=None),
        ]
    return [*messages, llm.messages.user(report)]


def main() -> None:
    response = kind_of_call("Man overboard!")
    for message in response.messages:
        print(f"{message.role}: {message.content}")
    print(response.text())


if __name__ == "__main__":
    main()
