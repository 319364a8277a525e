"""A conversation given as messages."""

# model[Dune]: Try Hyperion.
# prints: Try Hyperion.
from mirascope import BaseMessageParam, Messages
from mirascope.core import openai


@openai.call("gpt-4o-mini")
def next_book(last: str) -> list[BaseMessageParam]:
    return [
        Messages.System("You are a librarian."),
        Messages.User("What shall I read?"),
        Messages.Assistant(f"Read {last}."),
        BaseMessageParam(role="user", content="And then?"),
    ]


print(next_book("Dune").content)
