"""An object that fills in while it comes."""

# model: {"title": "Emma", "tags": ["a", "b"]}
# prints: title='Emma' tags=['a', 'b']
from pydantic import BaseModel

from mirascope.core import openai


class Book(BaseModel):
    """A book."""

    title: str
    tags: list[str]


@openai.call("gpt-4o-mini", response_model=Book, json_mode=True, stream=True)
def extract_book(text: str) -> str:
    return f"Extract the book: {text}"


book = None
for book in extract_book("Emma"):
    assert book.title is None or "Emma".startswith(book.title)
print(book)
