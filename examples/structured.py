"""Watch an object fill in, then use it."""

from __future__ import annotations

from pydantic import BaseModel

from mirascope import llm


class Recipe(BaseModel):
    """A dish that one person can cook."""

    name: str
    minutes: int
    ingredients: list[str]


@llm.call("openai/gpt-5-mini", format=Recipe)
def recipe_for(ingredient: str) -> str:
    return f"A quick dish with {ingredient}."


def main() -> None:
    response = recipe_for.stream("chickpeas")
    for partial in response.structured_stream():
        print(partial.name, partial.minutes, partial.ingredients)
    recipe = response.parse()
    print(f"{recipe.name}: {recipe.minutes} minutes, {len(recipe.ingredients)} ingredients")


if __name__ == "__main__":
    main()
