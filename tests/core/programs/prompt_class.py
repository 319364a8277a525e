"""A prompt as a class, run with whichever call."""

# needs: anthropic
# model: Emma
# model: Dune
# prints: Recommend a romance book
# prints: Emma
# prints: Dune
from mirascope import BasePrompt, prompt_template
from mirascope.core import anthropic, openai


@prompt_template("Recommend a {genre} book")
class BookPrompt(BasePrompt):
    genre: str


prompt = BookPrompt(genre="romance")
print(prompt)
print(prompt.run(openai.call("gpt-4o-mini")))
print(prompt.run(anthropic.call("claude-3-5-sonnet-20240620")))
