"""Chat in a terminal: every question is asked with all that was said before.

An empty line, or the end of the input, ends it.
"""

from __future__ import annotations

from mirascope import llm

MODEL = llm.Model("openai/gpt-5-mini")


def main() -> None:
    history: list[llm.Message] = [llm.messages.system("You are a harbour pilot. Be brief.")]
    while question := read_line():
        response = MODEL.stream([*history, llm.messages.user(question)])
        try:
            for text in response.text_stream():
                print(text, end="", flush=True)
            print()
        except llm.Error as error:
            print(f"\n({error})")  # the question was not answered: the history stays as it was
        else:
            history = list(response.messages)
    said = sum(message.role == "user" for message in history)
    print(f"You asked {said} questions. Fair winds!")


def read_line() -> str:
    try:
        return input("> ").strip()
    except EOFError:
        return ""


if __name__ == "__main__":
    main()
