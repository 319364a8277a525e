"""A model that uses the tools of a server it starts."""

# needs: mcp_types
# model: CALL recommend {"genre": "fantasy", "limit": 2}
# model: Two books.
# prints: ['Shout', 'recommend']
# prints: 2 fantasy books
# prints: Two books.
import asyncio
import sys
from pathlib import Path

from mirascope import mcp
from mirascope.core import openai
from mirascope.mcp import MCPClient, StdioServerParameters, sse_client, stdio_client

SERVER = Path(__file__).parents[1] / "mcp" / "v1_server.py"
assert mcp.sse_client is sse_client


async def main() -> None:
    parameters = StdioServerParameters(command=sys.executable, args=[str(SERVER)])
    async with stdio_client(parameters) as client:
        assert isinstance(client, MCPClient)
        tools = await client.list_tools()
        print([tool._name() for tool in tools])

        @openai.call("gpt-4o-mini", tools=tools)
        async def step(history: list) -> list:
            return [{"role": "user", "content": "Recommend books."}, *history]

        history: list = []
        while (response := await step(history)).tools:
            outputs = [(tool, await tool.call()) for tool in response.tools]
            print(*[output for _, output in outputs])
            history += [response.message_param, *response.tool_message_params(outputs)]
        print(response.content)


asyncio.run(main())
