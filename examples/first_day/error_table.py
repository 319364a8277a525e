"""Tell people what went wrong, in their words: a table from errors to what they can do."""

from __future__ import annotations

from mirascope import llm

ADVICE: dict[type[llm.Error], str] = {
    llm.MissingAPIKeyError: "Set the vendor's key.",
    llm.AuthenticationError: "The key is not valid.",
    llm.NotFoundError: "There is no such model.",
    llm.BadRequestError: "The question cannot be asked like this.",
    llm.RateLimitError: "Too many questions; wait a little.",
    llm.ServerError: "The vendor has a problem; try again.",
    llm.TimeoutError: "The vendor was silent for too long; try again.",
    llm.StreamTruncatedError: "The answer broke off; ask for the rest.",
    llm.ConnectionError: "There is no connection.",
}


@llm.call("openai/gpt-5-mini", timeout=llm.Timeout(connect=5, first_content=30, idle=10))
def ask(question: str) -> str:
    return question


def advice(error: llm.Error) -> str:
    for kind in type(error).__mro__:
        if kind in ADVICE:
            return ADVICE[kind]
    return f"Something else: {error}"


def main() -> None:
    for question in ["Where is the buoy?", "How deep is it there?", "And at low water?"]:
        response = ask.stream(question)
        try:
            response.finish()
        except llm.Error as error:
            print(f"{question} {advice(error)} ({len(response.text())} characters arrived)")
        else:
            print(f"{question} {response.text()}")


if __name__ == "__main__":
    main()
