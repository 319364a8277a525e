"""Change the model in mid-conversation: a quick one to talk to, a careful one for the last word."""

from __future__ import annotations

from mirascope import llm


@llm.call("openai/gpt-5-mini")
def advise(question: str) -> list[llm.Message]:
    return [llm.messages.system("You advise sailors."), llm.messages.user(question)]


def main() -> None:
    response = advise("Shall I cross the bar at Figueira tonight?")
    print(f"{response.model_id}: {response.text()}")

    with llm.model("anthropic/claude-sonnet-4-5", temperature=0):
        response = response.resume("Check that again, please, step by step.")
    print(f"{response.model_id}: {response.text()}")

    # The new model stays with the conversation, after the block too.
    response = response.resume("And tomorrow?")
    print(f"{response.model_id}: {response.text()}")
    print([message.model_id for message in response.messages if message.role == "assistant"])


if __name__ == "__main__":
    main()
