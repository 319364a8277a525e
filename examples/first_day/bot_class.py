"""A bot as a class: its calls and tools are methods, and share what the instance holds."""

from __future__ import annotations

from dataclasses import dataclass, field

from mirascope import llm


@dataclass
class Bot:
    name: str
    history: list[llm.Message] = field(default_factory=list[llm.Message])

    @llm.call("openai/gpt-5-mini")
    def answer(self, question: str) -> list[llm.Message]:
        return [
            llm.messages.system(f"You are {self.name}, a parrot."),
            *self.history,
            llm.messages.user(question),
        ]

    def ask(self, question: str) -> str:
        response = self.answer(question)
        self.history = [message for message in response.messages if message.role != "system"]
        return response.text()


def main() -> None:
    polly, jack = Bot("Polly"), Bot("Jack")
    print(polly.ask("What is your name?"))
    print(polly.ask("And what did I ask before?"))
    print(jack.ask("And you?"))
    print(len(polly.history), len(jack.history))


if __name__ == "__main__":
    main()
