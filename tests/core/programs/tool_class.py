"""A tool written as a class, on another vendor."""

# needs: anthropic
# model: CALL GetAuthor {"title": "Emma"}
# prints: Jane Austen
from pydantic import Field

from mirascope import BaseTool
from mirascope.core import anthropic


class GetAuthor(BaseTool):
    """Get the author of a book."""

    title: str = Field(description="The book's title.")

    def call(self) -> str:
        return {"Emma": "Jane Austen"}.get(self.title, "nobody")


@anthropic.call("claude-3-5-sonnet-20240620", tools=[GetAuthor])
def identify_author(book: str) -> str:
    return f"Who wrote {book}?"


response = identify_author("Emma")
for tool in response.tools or []:
    print(tool.call())
