"""A field that the caller knows and the model is not asked for."""

# model: CALL Book {"title": "Emma"}
# prints: title='Emma' genre='romance'
from typing import Annotated

from pydantic import BaseModel

from mirascope.core import FromCallArgs, openai


class Book(BaseModel):
    """A book."""

    title: str
    genre: Annotated[str, FromCallArgs()]


@openai.call("gpt-4o-mini", response_model=Book)
def recommend(genre: str) -> str:
    return f"Recommend a {genre} book"


print(recommend("romance"))
