"""A server, declared as v1 programs do; a client asks it within one program."""

# needs: mcp_types
# prints: ['add']
# prints: 3
import asyncio

from mcp.client import Client

from mirascope.mcp import MCPServer

app = MCPServer("arithmetic", version="2.0.0")


@app.tool()
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


async def main() -> None:
    async with Client(app.server) as client:
        listed = await client.list_tools()
        print([tool.name for tool in listed.tools])
        result = await client.call_tool("add", {"a": 1, "b": 2})
        print(result.content[0].text)


asyncio.run(main())
