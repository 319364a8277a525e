"""Add up tokens, and what they cost by your own table of prices."""

from __future__ import annotations

from collections import defaultdict

from mirascope import llm

# Dollars for a million tokens, in and out: look them up, they change.
PRICES = {
    "openai/gpt-5-mini": (0.25, 2.00),
    "anthropic/claude-sonnet-4-5": (3.00, 15.00),
}


@llm.prompt
def translate(text: str) -> str:
    return f"Translate into Portuguese: {text}"


def cost(response: llm.Response) -> float:
    """Return what an answer cost, in dollars."""
    if response.usage is None:
        return 0.0
    paid_in, paid_out = PRICES[response.model_id]
    tokens = response.usage
    return (tokens.input_tokens * paid_in + tokens.output_tokens * paid_out) / 1_000_000


def main() -> None:
    totals: dict[str, float] = defaultdict(float)
    tokens: dict[str, int] = defaultdict(int)
    for model in PRICES:
        for text in ("good morning", "good night"):
            response = translate(model, text)
            totals[model] += cost(response)
            tokens[model] += response.usage.total_tokens if response.usage else 0
    for model, total in totals.items():
        print(f"{model}: {tokens[model]} tokens, {total:.6f} $")
    print(f"together: {sum(totals.values()):.6f} $")


if __name__ == "__main__":
    main()
