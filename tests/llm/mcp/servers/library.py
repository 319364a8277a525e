"""A server of the library `mcp` alone: ``library.py stdio``, or ``http`` or ``sse`` and a port."""

import asyncio
import os
import sys
from pathlib import Path

import uvicorn
from mcp.server import MCPServer
from mcp.server.mcpserver import Audio, Context, Image
from mcp.types import BlobResourceContents, EmbeddedResource, ResourceLink, TextResourceContents

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)
WAV = b"RIFF\x00\x00\x00\x00WAVEfmt "

app = MCPServer("library", instructions="Be quick.", log_level="CRITICAL")


@app.tool()
def greet(name: str) -> str:
    """Greet a user."""
    return f"Welcome to Zombo.com, {name}"


@app.tool()
def sums(numbers: list[int]) -> dict[str, int]:
    """Add numbers up."""
    return {"sum": sum(numbers), "count": len(numbers)}


@app.tool()
def fail() -> str:
    """Fail."""
    raise ValueError("it failed")


@app.tool()
def die() -> str:
    """Take the whole server down."""
    os._exit(1)


@app.tool()
def process() -> int:
    """Tell the number of the process."""
    return os.getpid()


def touch(path: str) -> None:
    Path(path).touch()


@app.tool()
async def hang(sign: str) -> str:
    """Hang, and leave a sign when cancelled."""
    touch(f"{sign}.began")
    try:
        await asyncio.sleep(3600)
    finally:
        touch(sign)
    return "never"


@app.tool()
async def count(to: int, ctx: Context) -> int:
    """Count, and tell how far it is."""
    for number in range(1, to + 1):
        await ctx.report_progress(number, to, f"number {number}")
    return to


@app.tool()
def large(size: int) -> str:
    """Return much text."""
    return "x" * size


@app.tool(structured_output=False)
def everything() -> list[object]:
    """Return a block of every kind."""
    return [
        "words",
        Image(data=PNG, format="png"),
        Image(data=b"<svg/>", format="svg+xml"),
        Audio(data=WAV, format="wav"),
        EmbeddedResource(
            type="resource", resource=TextResourceContents(uri="data://poem", text="a poem")
        ),
        EmbeddedResource(
            type="resource",
            resource=BlobResourceContents(
                uri="data://paper", mime_type="application/pdf", blob="JVBERi0xLjc="
            ),
        ),
        ResourceLink(type="resource_link", name="more", uri="data://more", description="the rest"),
    ]


@app.resource("data://poem", mime_type="text/plain")
def poem() -> str:
    """A poem."""
    return "a poem"


@app.resource("data://picture", mime_type="image/png")
def picture() -> bytes:
    """A picture."""
    return PNG


@app.resource("data://shelf/{number}")
def shelf(number: int) -> str:
    """A shelf."""
    return f"shelf {number}"


@app.prompt()
def recommend(genre: str) -> str:
    """Ask for a book."""
    return f"Recommend a {genre} book."


if __name__ == "__main__":
    transport, *rest = sys.argv[1:]
    if transport == "stdio":
        app.run()
    else:
        asgi = app.sse_app() if transport == "sse" else app.streamable_http_app()
        uvicorn.run(asgi, port=int(rest[0]), log_level="critical", timeout_graceful_shutdown=1)
