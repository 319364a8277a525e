"""A step that is taken only where the one before says so."""

# model: negative
# model: We are sorry.
# prints: We are sorry.
from enum import StrEnum

from mirascope import prompt_template
from mirascope.core import openai


class Sentiment(StrEnum):
    POSITIVE = "positive"
    NEGATIVE = "negative"


@openai.call("gpt-4o-mini", output_parser=lambda response: Sentiment(response.content))
@prompt_template("Is this review positive or negative? {review}")
def classify(review: str): ...


@openai.call("gpt-4o-mini")
@prompt_template("Answer this {sentiment} review: {review}")
def answer(review: str, sentiment: str): ...


review = "It was cold."
print(answer(review, classify(review).value).content)
