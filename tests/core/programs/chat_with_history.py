"""A chat that remembers: the history goes in with MESSAGES."""

# model: Hello, Ada.
# model[Hello, Ada.]: Your name is Ada.
# prints: Hello, Ada.
# prints: Your name is Ada.
# prints: 4
from mirascope import BaseMessageParam, prompt_template
from mirascope.core import openai


@openai.call("gpt-4o-mini")
@prompt_template(
    """
    SYSTEM: You are a helpful assistant.
    MESSAGES: {history}
    USER: {query}
    """
)
def chat(query: str, history: list[BaseMessageParam]): ...


history: list = []
for query in ("I am Ada.", "What is my name?"):
    response = chat(query, history)
    print(response.content)
    history += [response.user_message_param, response.message_param]
print(len(history))
