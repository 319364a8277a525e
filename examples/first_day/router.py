"""Ask a cheap model first, and a larger one only when the cheap one is not sure."""

from __future__ import annotations

from pydantic import BaseModel, Field

from mirascope import llm

MODELS = ["openai/gpt-5-nano", "openai/gpt-5-mini", "anthropic/claude-opus-4-1"]


class Answer(BaseModel):
    text: str
    confidence: float = Field(ge=0, le=1, description="How sure you are")


@llm.prompt(format=Answer)
def answer(question: str) -> str:
    return question


def route(question: str, enough: float = 0.8) -> tuple[str, Answer | None]:
    """Return the last model that was asked, and the best answer."""
    best: Answer | None = None
    model = MODELS[0]
    for model in MODELS:
        try:
            found = answer(model, question).parse()
        except (llm.ParseError, llm.ServerError, llm.RateLimitError) as error:
            print(f"{model}: {type(error).__name__}")
            continue
        print(f"{model}: {found.confidence:.0%} sure")
        if best is None or found.confidence > best.confidence:
            best = found
        if found.confidence >= enough:
            break
    return model, best


def main() -> None:
    model, best = route("May I anchor off Berlenga?")
    print(f"{model}: {best.text if best else 'nobody knows'}")


if __name__ == "__main__":
    main()
