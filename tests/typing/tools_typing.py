"""What checkers know about tools."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any, assert_type

from mirascope.llm.content import ToolCall, ToolOutput
from mirascope.llm.context import Context
from mirascope.llm.tools import (
    AnyTools,
    AnyToolSchema,
    AsyncContextTool,
    AsyncContextToolkit,
    AsyncTool,
    AsyncToolkit,
    BaseToolkit,
    ContextTool,
    ContextToolkit,
    ProviderTool,
    Tool,
    ToolDecorator,
    Toolkit,
    WebSearchTool,
    normalize_context_tools,
    normalize_tools,
    tool,
)
from mirascope.llm.types.jsonable import Jsonable

call = ToolCall(id="1", name="t", args="{}")
ctx = Context(deps=3)


@tool
def plain(x: int, y: str = "") -> str:
    return y * x


@tool
async def later(x: int) -> list[str]:
    return [str(x)]


@tool
def with_context(ctx: Context[int], x: int) -> dict[str, int]:
    return {"x": ctx.deps + x}


@tool(strict=True)
async def with_context_later(ctx: Context[int], x: int) -> None: ...


@tool()
def nothing() -> None: ...


@tool
def anything(data: Any) -> bool:
    return bool(data)


@tool
def any_second(x: int, data: Any) -> bool:
    return bool(data)


assert_type(plain("x", 3), str)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # swapped
assert_type(plain(3, y="x"), str)
assert_type(plain.execute(call), ToolOutput[str])
assert_type(later(3), Awaitable[list[str]])
assert_type(with_context(ctx, 3), dict[str, int])
assert_type(with_context.execute(ctx, call), ToolOutput[dict[str, int]])
assert_type(with_context_later(ctx, x=3), Awaitable[None])
assert_type(nothing, Tool[[], None])
assert_type(anything(object()), bool)
assert_type(any_second(1, object()), bool)
assert_type(tool(strict=None), ToolDecorator)
with_context.execute(call)  # type: ignore[call-arg, arg-type]  # pyright: ignore[reportCallIssue]  # no context

a_plain: Tool[..., str] = plain
a_later: AsyncTool[..., list[str]] = later
a_context: ContextTool[int, dict[str, int], ...] = with_context
a_context_later: AsyncContextTool[int, None, ...] = with_context_later
bare: Tool = plain
any_tools: Sequence[AnyToolSchema] = [plain, later, with_context, with_context_later]


async def awaited() -> None:
    assert_type(await later.execute(call), ToolOutput[list[str]])
    assert_type(await with_context_later.execute(ctx, call), ToolOutput[None])
    assert_type(await AsyncToolkit([later, plain]).execute_all([call]), list[ToolOutput[Jsonable]])
    everything: AsyncContextToolkit[int] = AsyncContextToolkit(
        [plain, later, with_context, with_context_later]
    )
    assert_type(await everything.execute(ctx, call), ToolOutput[Jsonable])


class Shelf:
    @tool
    def plain(self, x: int) -> str:
        return str(x)

    @tool
    async def later(self, x: int) -> str:
        return str(x)

    @tool
    def with_context(self, ctx: Context[int], x: int) -> str:
        return str(ctx.deps + x)

    @tool
    async def with_context_later(self, ctx: Context[int], x: int) -> str:
        return str(ctx.deps + x)


shelf = Shelf()
assert_type(shelf.plain(3), str)
assert_type(shelf.plain.execute(call), ToolOutput[str])
assert_type(Shelf.plain(shelf, 3), str)
assert_type(shelf.later(3), Awaitable[str])
assert_type(shelf.with_context(ctx, 3), str)
assert_type(shelf.with_context.execute(ctx, call), ToolOutput[str])
assert_type(shelf.with_context_later(ctx, x=3), Awaitable[str])
shelf.plain()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # needs x

toolkit = Toolkit([plain, nothing, WebSearchTool(), shelf.plain])
assert_type(toolkit.get(call), Tool[..., Jsonable])
assert_type(toolkit.execute_all([call]), list[ToolOutput[Jsonable]])
assert_type(toolkit.provider_tools_dict, dict[str, ProviderTool])
mixed: ContextToolkit[int] = ContextToolkit([plain, with_context, shelf.with_context])
assert_type(mixed.execute(ctx, call), ToolOutput[Jsonable])
mixed_later: AsyncContextToolkit[int] = AsyncContextToolkit([later, with_context_later])
AsyncToolkit([with_context])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]  # no context
Toolkit([later])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]  # async
a_base: BaseToolkit[AnyToolSchema] = toolkit
several: list[AnyTools] = [toolkit, mixed, mixed_later, [plain, later, WebSearchTool()]]
assert_type(normalize_tools([plain]), Toolkit)
normalize_context_tools(mixed).execute(ctx, call)
