"""An object in place of text."""

# model: CALL Book {"title": "Emma", "author": "Austen"}
# prints: Emma by Austen
# prints: 5
from pydantic import BaseModel

from mirascope.core import openai


class Book(BaseModel):
    """A book."""

    title: str
    author: str


@openai.call("gpt-4o-mini", response_model=Book)
def extract_book(text: str) -> str:
    return f"Extract the book: {text}"


book = extract_book("Emma, which Austen wrote")
print(f"{book.title} by {book.author}")
print(book._response.output_tokens)
