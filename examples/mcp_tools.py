"""Use the tools of another program, and be that program: the Model Context Protocol both ways.

``python examples/mcp_tools.py serve`` offers a tool and a call to any MCP client, on standard input
and output. Without ``serve`` it starts itself like that, and lets a model use what is offered.
"""

from __future__ import annotations

import os
import sys

from mirascope import llm


@llm.tool
def tide(harbour: str) -> str:
    """Look up the times of high water."""
    return f"High water in {harbour}: 04:12 and 16:40."


@llm.call("openai/gpt-5-mini")
def translate(text: str, language: str) -> str:
    """Translate a text."""
    return f"Translate into {language}: {text}"


def main() -> None:
    server = llm.mcp.StdioServerParameters(
        command=sys.executable, args=[__file__, "serve"], env=dict(os.environ)
    )
    with llm.mcp.connect(server, exclude=["translate"], prefix="harbour_") as client:

        @llm.call("anthropic/claude-sonnet-4-5", tools=client.tools)
        def pilot(question: str) -> str:
            return question

        response = pilot("When can I sail from Cascais?")
        while response.tool_calls:
            for call in response.tool_calls:
                print(f"[{call.name} {call.args}]")
            response = response.resume(response.execute_tools())
        print(response.text())


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        llm.mcp.serve([tide], [translate], name="harbour")
    else:
        main()
