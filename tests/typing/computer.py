"""What checkers know about tools that are a computer."""

from __future__ import annotations

from typing import assert_type

from mirascope import llm


@llm.computer_tool(width=800, environment="linux")
def desk(action: llm.ComputerAction) -> llm.Image:
    return llm.Image.from_bytes(b"")


@llm.computer_tool()
async def remote(action: llm.ComputerAction) -> llm.Image:
    return llm.Image.from_bytes(b"")


class Machine:
    @llm.computer_tool()
    def act(self, action: llm.ComputerAction) -> str:
        return ""

    @llm.computer_tool()
    async def act_later(self, action: llm.ComputerAction) -> str:
        return ""


assert_type(desk, llm.ComputerTool[llm.Image])
assert_type(remote, llm.AsyncComputerTool[llm.Image])
assert_type(Machine().act, llm.ComputerTool[str])
assert_type(Machine().act_later, llm.AsyncComputerTool[str])
assert_type(desk({"action": "wait"}), llm.Image)
assert_type(desk.width, int)
llm.ComputerTool(desk.fn, height=600, requires_approval=True)
llm.Model("openai/computer-use-preview").call("x", tools=[desk, Machine().act])


async def run() -> None:
    assert_type(await remote({"action": "wait"}), llm.Image)
    await llm.Model("openai/computer-use-preview").call_async("x", tools=[desk, remote])


llm.computer_tool(environment="amiga")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
