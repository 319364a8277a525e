"""Two calls, one inside the other's prompt."""

# model: Brandon Sanderson
# model[Brandon Sanderson]: Mistborn
# prints: Mistborn
from mirascope.core import openai


@openai.call("gpt-4o-mini")
def select_author(genre: str) -> str:
    return f"Who writes the best {genre} books?"


@openai.call("gpt-4o-mini")
def recommend_book(genre: str) -> str:
    author = select_author(genre).content
    return f"Recommend a {genre} book by {author}"


print(recommend_book("fantasy").content)
