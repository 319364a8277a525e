"""A schema that the vendor enforces, with examples for the model."""

# model: {"title": "Emma", "pages": 400}
# prints: 400
from pydantic import BaseModel, ConfigDict, Field

from mirascope import ResponseModelConfigDict
from mirascope.core import openai


class Book(BaseModel):
    """A book."""

    title: str = Field(examples=["Dune"])
    pages: int

    model_config: ConfigDict = ResponseModelConfigDict(strict=True)


@openai.call("gpt-4o-mini", response_model=Book, json_mode=True)
def extract_book(text: str) -> str:
    return f"Extract the book: {text}"


print(extract_book("Emma, 400 pages").pages)
