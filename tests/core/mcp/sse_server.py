"""A server of the library `mcp` alone, over HTTP; it prints its port."""

import socket

import uvicorn
from mcp.server import MCPServer
from mcp.server.mcpserver import Image

app = MCPServer("arithmetic")


@app.tool()
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@app.tool()
def picture() -> Image:
    """Draw."""
    return Image(data=b"png", format="png")


@app.tool()
def fail() -> str:
    """Fail."""
    raise ValueError("it failed")


@app.tool()
def odd(model_name: str, call: str, id: str, json: str, class_: str) -> str:
    """Take parameters of odd names."""
    return "fine"


@app.resource("data://blob", mime_type="application/octet-stream")
def blob() -> bytes:
    """Some bytes."""
    return b"\x00\xff"


listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
config = uvicorn.Config(app.sse_app(), log_level="warning")
uvicorn.Server(config).run([listening])
