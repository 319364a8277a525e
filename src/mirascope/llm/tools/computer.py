"""A screen, a mouse and a keyboard that a model may use: a tool that some vendors know as such."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Generic, Literal, Self, TypeAlias, get_args, overload

from mirascope.llm.tools import functions
from mirascope.llm.tools.parameter_schema import ToolParameterSchema
from mirascope.llm.tools.tool_fns import AsyncToolFn, ToolFn, ToolFnT
from mirascope.llm.tools.tool_schema import ToolSchema
from mirascope.llm.tools.tools import AsyncTool, Tool
from mirascope.llm.types.jsonable import JsonableCovariantT, JsonableT
from mirascope.llm.types.refusals import require

__all__ = [
    "COMPUTER",
    "AsyncComputerTool",
    "ComputerAction",
    "ComputerEnvironment",
    "ComputerSchema",
    "ComputerTool",
    "ComputerToolDecorator",
    "computer_tool",
]

COMPUTER = "computer"
"""What the tool and its calls are named, whichever the vendor."""

ComputerAction: TypeAlias = dict[str, Any]
"""What the model wants done. ``action`` is its name, the other keys are the vendor's own for it, so
what their values are depends on both."""

ComputerEnvironment: TypeAlias = Literal["browser", "linux", "mac", "ubuntu", "windows"]
"""What kind of computer it is."""


class ComputerSchema(ToolSchema[ToolFnT]):
    """What the computer is besides a tool: the size of its screen, and its kind.

    Its function gets all arguments of a call as one dict. Models that can use a computer were
    trained on the actions of their vendor, so no schema of these is sent.
    """

    _size_and_kind: ClassVar[tuple[str, ...]] = ("width", "height", "environment")

    def __init__(
        self,
        fn: ToolFnT,
        *,
        width: int = 1280,
        height: int = 800,
        environment: ComputerEnvironment = "browser",
        eager: bool = False,
        requires_approval: bool = False,
    ) -> None:
        """Take the function that acts.

        Args:
            fn: Called with a `ComputerAction`; returns what the model sees after it, a screenshot.
            width: Of the screen, in pixels.
            height: Of the screen, in pixels.
            environment: OpenAI and Google are told it; Google has browsers only.
            eager: Whether `run` may act while the model still speaks.
            requires_approval: Whether each action has to be approved before it is done.

        Raises:
            TypeError: `fn` cannot be called or is a generator function, or something else is not
                of its type.
            ValueError: The screen is not at least one pixel wide and high, or there is no such
                environment.
        """
        require("width", width, int, "a number of pixels")
        require("height", height, int, "a number of pixels")
        if width < 1 or height < 1:
            raise ValueError(f"A screen of {width} by {height} pixels shows nothing.")
        if environment not in get_args(ComputerEnvironment):
            known = ", ".join(get_args(ComputerEnvironment))
            raise ValueError(f"There is no environment {environment!r}, only {known}.")
        functions.require_function(fn)
        parameters = ToolParameterSchema(
            properties={"action": {"type": "string"}},
            required=["action"],
            additionalProperties=True,
        )
        super().__init__(
            fn,
            COMPUTER,
            functions.docstring_of(fn) or COMPUTER,
            parameters,
            strict=False,
            eager=eager,
            requires_approval=requires_approval,
        )
        self.width: int = width
        self.height: int = height
        self.environment: ComputerEnvironment = environment

    def __eq__(self, other: object) -> bool:
        if not super().__eq__(other):
            return False
        return all(getattr(self, name) == getattr(other, name) for name in self._size_and_kind)

    __hash__ = ToolSchema.__hash__

    def _bind(
        self, values: dict[str, object], context: tuple[object, ...]
    ) -> tuple[list[object], dict[str, object]]:
        return [*context, values], {}


class ComputerTool(
    ComputerSchema[ToolFn[[ComputerAction], JsonableCovariantT]],
    Tool[[ComputerAction], JsonableCovariantT],
    Generic[JsonableCovariantT],
):
    """A computer that a model may use; see `computer_tool`."""

    # A method takes nothing but the action of the model: it is the same tool when it is bound.
    def __get__(  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        self, instance: object, owner: type | None = None
    ) -> Self:
        """Return the tool, bound to `instance` if its function is a method."""
        return self._bound(instance, owner)


class AsyncComputerTool(
    ComputerSchema[AsyncToolFn[[ComputerAction], JsonableCovariantT]],
    AsyncTool[[ComputerAction], JsonableCovariantT],
    Generic[JsonableCovariantT],
):
    """A computer that a model may use, with an async function; see `computer_tool`."""

    # A method takes nothing but the action of the model: it is the same tool when it is bound.
    def __get__(  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        self, instance: object, owner: type | None = None
    ) -> Self:
        """Return the tool, bound to `instance` if its function is a method."""
        return self._bound(instance, owner)


@dataclass(kw_only=True, frozen=True)
class ComputerToolDecorator:
    """Makes the tool of a function: what `llm.computer_tool` returns."""

    width: int
    height: int
    environment: ComputerEnvironment
    eager: bool
    requires_approval: bool

    # An async function is a function too; the first that fits is taken. Methods come with `self`.
    @overload
    def __call__(
        self, fn: Callable[[ComputerAction], Awaitable[JsonableT]]
    ) -> AsyncComputerTool[JsonableT]: ...
    @overload
    def __call__(
        self, fn: Callable[[Any, ComputerAction], Awaitable[JsonableT]]
    ) -> AsyncComputerTool[JsonableT]: ...
    @overload
    def __call__(self, fn: Callable[[ComputerAction], JsonableT]) -> ComputerTool[JsonableT]: ...
    @overload
    def __call__(
        self, fn: Callable[[Any, ComputerAction], JsonableT]
    ) -> ComputerTool[JsonableT]: ...
    def __call__(self, fn: Callable[..., Any]) -> ComputerTool[Any] | AsyncComputerTool[Any]:
        """Make the tool; see `computer_tool`."""
        settings: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(self)}
        functions.require_function(fn)
        kind = AsyncComputerTool[Any] if functions.is_async(fn) else ComputerTool[Any]
        return kind(fn, **settings)


def computer_tool(
    *,
    width: int = 1280,
    height: int = 800,
    environment: ComputerEnvironment = "browser",
    eager: bool = False,
    requires_approval: bool = False,
) -> ComputerToolDecorator:
    """Let a model use a computer through the function below.

    The function, async or not, gets one action as a dict, does it, and returns a screenshot: an
    `llm.Image`, or whatever else a tool may return. Key ``action`` is the name of the action at
    every vendor; the other keys are the vendor's own:

    - Anthropic: ``{"action": "left_click", "coordinate": [x, y]}``,
      https://docs.claude.com/en/docs/agents-and-tools/tool-use/computer-use-tool
    - OpenAI: ``{"action": "click", "button": "left", "x": x, "y": y}``,
      https://platform.openai.com/docs/guides/tools-computer-use
    - Google: ``{"action": "click_at", "x": x, "y": y}`` with 0 to 999 for the whole width or
      height, https://ai.google.dev/gemini-api/docs/computer-use

    Calls are an `llm.ToolCall` of the name ``computer``, and are run, approved and answered as
    those of any other tool. What a vendor wants a person to confirm is in the action as well:
    ``pending_safety_checks`` at OpenAI, ``safety_decision`` at Google. What was done counts as
    confirmed.

    Args:
        width: Of the screen, in pixels.
        height: Of the screen, in pixels.
        environment: What kind of computer it is. Google has browsers only.
        eager: Whether `run` may act while the model still speaks.
        requires_approval: Whether `run` and `execute_tools` wait until an action is approved.

    Returns:
        A decorator that makes a `ComputerTool`, of an async function an `AsyncComputerTool`.

    Raises:
        FeatureNotSupportedError: Not here, but when it is sent to a model of another vendor, or by
            Chat Completions.
    """
    return ComputerToolDecorator(
        width=width,
        height=height,
        environment=environment,
        eager=eager,
        requires_approval=requires_approval,
    )
