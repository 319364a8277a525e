"""A function as a tool, called by hand."""

# model: CALL get_author {"title": "Emma"}
# prints: get_author {'title': 'Emma'}
# prints: Jane Austen
from mirascope.core import openai


def get_author(title: str) -> str:
    """Get the author of a book.

    Args:
        title: The book's title.
    """
    return {"Emma": "Jane Austen"}[title]


@openai.call("gpt-4o-mini", tools=[get_author])
def identify_author(book: str) -> str:
    return f"Who wrote {book}?"


if tool := identify_author("Emma").tool:
    print(tool._name(), tool.args)
    print(tool.call())
