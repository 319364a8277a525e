"""A model that mends its own answer, twice."""

# model[better draft]: final
# model[draft]: better draft
# model: draft
# prints: final
from mirascope import prompt_template
from mirascope.core import openai


@openai.call("gpt-4o-mini")
def write(topic: str) -> str:
    return f"Write about {topic}"


@openai.call("gpt-4o-mini")
@prompt_template("Improve this: {text}")
def improve(text: str): ...


text = write("tea").content
for _ in range(2):
    text = improve(text).content
print(text)
