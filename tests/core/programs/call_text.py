"""A call, as the first page of the guide has it."""

# model: The Name of the Wind
# prints: The Name of the Wind
# prints: openai gpt-4o-mini 10 5 ['stop']
from mirascope.core import openai


@openai.call("gpt-4o-mini")
def recommend_book(genre: str) -> str:
    return f"Recommend a {genre} book"


response = recommend_book("fantasy")
print(response.content)
print(
    response.provider,
    response.model,
    response.input_tokens,
    response.output_tokens,
    response.finish_reasons,
)
