"""A server as v1 programs declare one."""

import asyncio
import sys

from mirascope import BaseTool, prompt_template
from mirascope.mcp import MCPServer


class Shout(BaseTool):
    """Say it loud."""

    text: str
    mark: str = "!"

    def call(self) -> str:
        return f"{self.text.upper()}{self.mark}"


app = MCPServer("books", tools=[Shout])


@app.tool()
def recommend(genre: str, limit: int = 3) -> str:
    """Recommend a book."""
    return f"{limit} {genre} books"


@app.resource("file://books.txt", name="Books", mime_type="text/plain")
async def books() -> str:
    """All the books."""
    return "Emma, Dune"


@app.prompt()
def plain(genre: str) -> str:
    """Ask for a book."""
    return f"A {genre} book"


@app.prompt()
@prompt_template("SYSTEM: Be brief.\nUSER: A {genre} book\nASSISTANT: Gladly.")
def styled(genre: str) -> None:
    """Ask for a book in style."""


if "--noise" in sys.argv:
    print("this is no message", flush=True)
asyncio.run(app.run())
