"""Retrieval whose finds a model puts in order first."""

# model[How relevant]: CALL list_Relevance {"value": [{"id": 0, "score": 2}, {"id": 1, "score": 9}]}
# model[Green tea has less caffeine.]: Green tea.
# prints: Green tea.
from pydantic import BaseModel, Field

from mirascope import prompt_template
from mirascope.core import openai

FOUND = ["Coffee keeps you awake.", "Green tea has less caffeine."]


class Relevance(BaseModel):
    """How much a text has to do with a question."""

    id: int
    score: int = Field(ge=0, le=10)


@openai.call("gpt-4o-mini", response_model=list[Relevance])
@prompt_template("How relevant are these to {query}?\n{texts:list}")
def rerank(query: str, texts: list[str]): ...


@openai.call("gpt-4o-mini")
@prompt_template("From this: {text}\nAnswer: {query}")
def answer(query: str, text: str): ...


query = "What has little caffeine?"
best = max(rerank(query, FOUND), key=lambda relevance: relevance.score)
print(answer(query, FOUND[best.id]).content)
