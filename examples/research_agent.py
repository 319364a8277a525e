"""Research a question: search, read while the model still writes, ask before paying, and report.

Four kinds of tools: `search` is an ordinary one; `read` is eager, so pages are fetched while the
model still writes its other calls; `buy` costs money, so somebody has to approve each call; and the
tides come from an MCP server, a program of its own, `mcp_tools.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import BaseModel, Field

from mirascope import llm

HARBOUR = Path(__file__).with_name("mcp_tools.py")
LIBRARY = {
    "tides": "Spring tides follow the full and the new moon by a day or two.",
    "cascais": "The harbour of Cascais is open to the south and dangerous in a southerly gale.",
    "moon": "The next full moon is on the 12th.",
}


class Report(BaseModel):
    """What was found out."""

    answer: str
    sources: list[str] = Field(description="Titles of the pages that were read.")
    sure: bool


@llm.tool
def search(words: str) -> list[str]:
    """Search the library, and return titles of pages."""
    return [title for title in LIBRARY if title in words.lower()] or [*LIBRARY]


@llm.tool(eager=True)
def read(title: str) -> str:
    """Read a page of the library."""
    return LIBRARY.get(title, "There is no such page.")


@llm.tool(name="buy_chart", requires_approval=True)
def buy(area: str, euros: int) -> str:
    """Buy a chart of an area."""
    return f"A chart of {area} is on its way, for {euros} euros."


def ask(call: llm.ToolCall) -> bool:
    """Ask the user about a call."""
    if not sys.stdin.isatty():
        return False
    return input(f"{call.name} {call.args}: go ahead? [y/N] ").strip().lower() == "y"


def research(
    question: str,
    *,
    model_id: str = "anthropic/claude-sonnet-4-5",
    more: Sequence[llm.Tool] = (),
    approved: Callable[[llm.ToolCall], bool] = ask,
) -> llm.StreamResponse[Report]:
    """Return the last answer of the agent, which is a report.

    Args:
        question: What to find out.
        model_id: Who does.
        more: Tools besides the agent's own, such as those of an MCP server.
        approved: Says whether a call that needs an approval may be run.
    """
    response = llm.Model(model_id).stream(
        question,
        tools=[search, read, buy, *more],
        format=llm.format(Report, mode="tool"),
    )
    limits = llm.UsageLimits(requests=20, tool_calls=40, output_tokens=20_000)
    while True:
        run = response.run_stream(limits=limits, tool_timeout=30, parallel=4)
        for turn in run:
            for stream in turn.streams():
                if stream.content_type == "text":
                    for delta in stream:
                        print(delta, end="", flush=True)
                    print()
                elif stream.content_type == "tool_call":
                    stream.collect()
                    print(f"[{stream.tool_name} {stream.partial_args}]")
        response = run.finish()
        if not response.pending_approvals:
            return response
        for call in response.pending_approvals:
            if approved(call):
                response.approve(call)
            else:
                response.deny(call, "The user does not want to pay for that.")


def main() -> None:
    server = llm.mcp.StdioServerParameters(command=sys.executable, args=[str(HARBOUR), "serve"])
    question = "When are the next spring tides in Cascais, and is it safe there?"
    with llm.mcp.connect(server, exclude=["translate"], prefix="harbour_") as harbour:
        response = research(question, more=harbour.tools)
    report = response.parse()
    print(report.answer)
    print("Sources:", ", ".join(report.sources))
    calls = sum(len(one.calls) for one in response.rounds)
    saved = sum(one.saved_seconds for one in response.rounds)
    print(f"{len(response.rounds) + 1} answers, {calls} calls, {saved:.2f} s saved")


if __name__ == "__main__":
    main()
