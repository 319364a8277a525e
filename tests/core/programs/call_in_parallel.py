"""Several calls at once, each with an answer of its own."""

# model[fantasy]: Mistborn
# model[horror]: Dracula
# model[romance]: Emma
# prints: fantasy: Mistborn
# prints: horror: Dracula
# prints: romance: Emma
import asyncio

from mirascope import prompt_template
from mirascope.core import openai


@openai.call("gpt-4o-mini")
@prompt_template("Recommend a {genre} book")
async def recommend_book(genre: str): ...


async def main() -> None:
    genres = ["fantasy", "horror", "romance"]
    responses = await asyncio.gather(*[recommend_book(genre) for genre in genres])
    for genre, response in zip(genres, responses, strict=True):
        print(f"{genre}: {response.content}")


asyncio.run(main())
