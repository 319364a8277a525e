"""A function and how a model is told about it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from inspect import isawaitable, iscoroutine
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeAlias, cast

from typing_extensions import TypeVar

from mirascope.llm.content import ToolCall, ToolOutput
from mirascope.llm.content.tool_call import FORMAT_TOOL_NAME
from mirascope.llm.content.tool_output import plain_result, split_result
from mirascope.llm.exceptions import ToolExecutionError
from mirascope.llm.tools import functions
from mirascope.llm.tools.parameter_schema import ToolParameterSchema
from mirascope.llm.tools.signature import Signature
from mirascope.llm.tools.tool_fns import AnyToolFn, ToolFnT
from mirascope.llm.types import NoneType
from mirascope.llm.types.by_name import ByName
from mirascope.llm.types.error_text import told
from mirascope.llm.types.refusals import require
from mirascope.llm.types.shown import shown

__all__ = ["AnyToolSchema", "ToolSchema", "ToolSchemaT", "require_call"]


@dataclass(init=False, repr=False)
class ToolSchema(ByName, Generic[ToolFnT]):
    """A function and how a model is told about it.

    Equal to a tool of the same class with equal fields; the hash leaves the function out. A method
    is bound when the tool is taken from an instance, or from the class if it is a `classmethod`.
    """

    fn: ToolFnT
    name: str
    """What the model calls it; `__name__` is the function's own name."""
    description: str
    parameters: ToolParameterSchema
    strict: bool | None
    """Whether the model's arguments have to follow the schema exactly: True to insist, False for
    never, None for as strictly as the provider can."""
    __name__: str
    eager: bool = False
    """Whether `run` may start a call of it while the model still speaks."""
    requires_approval: bool = False
    """Whether a call of it has to be approved before it is run."""

    _takes_context: ClassVar[bool] = False
    _is_bound = False

    def __init__(
        self,
        fn: ToolFnT,
        name: str,
        description: str,
        parameters: ToolParameterSchema,
        *,
        strict: bool | None = None,
        eager: bool = False,
        requires_approval: bool = False,
    ) -> None:
        """Describe a function by hand; see `from_function` for having it described.

        Args:
            fn: Called with keyword arguments. Those in `parameters` are converted to the function's
                annotations, the others are passed as they are.
            name: What the model calls it.
            description: What the model is told about it.
            parameters: What the model is told about the arguments.
            strict: See the field.
            eager: See the field.
            requires_approval: See the field.

        Raises:
            TypeError: `fn` cannot be called, or is a generator function, or something else is
                not of its type.
        """
        functions.require_function(fn)
        require("name", name, str)
        require("description", description, str)
        require("parameters", parameters, ToolParameterSchema, "an llm.tools.ToolParameterSchema")
        signature = Signature(
            fn, takes_context=self._takes_context, only=tuple(parameters.properties)
        )
        self._describe(fn, signature, name, description)
        self._set(strict, eager=eager, requires_approval=requires_approval)
        self.parameters = parameters

    def _set(self, strict: bool | None, *, eager: bool, requires_approval: bool) -> None:
        require("strict", strict, (bool, NoneType), "True, False or None")
        require("eager", eager, bool, "True or False")
        require("requires_approval", requires_approval, bool, "True or False")
        self.strict = strict
        self.eager = eager
        self.requires_approval = requires_approval

    def _describe(
        self, fn: Callable[..., object], signature: Signature, name: str, description: str
    ) -> None:
        self.fn = cast("ToolFnT", fn)
        self.name = name
        self.description = description
        self._signature = signature
        functions.copy_metadata(fn, self)

    @classmethod
    def from_function(
        cls,
        fn: Callable[..., object],
        *,
        strict: bool | None = None,
        is_context_tool: bool | None = None,
        name: str | None = None,
        description: str | None = None,
        eager: bool = False,
        requires_approval: bool = False,
    ) -> Self:
        """Describe a function by its signature and docstring.

        Names in annotations are looked up now, or when the tool is first used if there is no such
        name yet.

        Args:
            fn: A function, or any other callable with a signature.
            strict: See the field. A function with ``**kwargs`` has no strict form.
            is_context_tool: Whether the first parameter is a context, which the model is not told
                of; None to decide by the class.
            name: What the model calls it; the function's own name when None.
            description: What the model is told about it; the docstring when None. Parameters are
                described by the docstring all the same.
            eager: See the field.
            requires_approval: See the field.

        Raises:
            TypeError: `fn` cannot be called, is a generator function or a lambda without `name`,
                does not tell its parameters, or has an annotation that is no type.
            ValueError: The name is empty, or reserved for structured output.
            PydanticSchemaGenerationError: A parameter is of a type that JSON cannot hold.
        """
        functions.require_function(fn)
        require("name", name, (str, NoneType))
        require("description", description, (str, NoneType))
        if name is None:
            functions.require_name(fn)
            name = functions.name_of(fn)
        if not name:
            raise ValueError("A tool needs a name that the model can call.")
        if name.startswith(FORMAT_TOOL_NAME):
            raise ValueError(
                f"{name} is a reserved name, as all that start with {FORMAT_TOOL_NAME}: structured "
                "output uses it. Call the tool something else."
            )
        takes_context = cls._takes_context if is_context_tool is None else is_context_tool
        signature = Signature(fn, takes_context=takes_context)
        tool = cls.__new__(cls)
        description = description or functions.docstring_of(fn) or name
        tool._describe(fn, signature, name, description)
        tool._set(strict, eager=eager, requires_approval=requires_approval)
        with suppress(NameError):  # an annotation refers to what is not defined yet
            tool.parameters = signature.schema
        return tool

    if not TYPE_CHECKING:  # a checker should see the declared fields only

        def __getattr__(self, name: str) -> object:
            if name == "parameters" and "_signature" in vars(self):
                self.parameters = self._signature.schema
                return self.parameters
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __repr__(self) -> str:
        strict = [] if self.strict is None else [f"strict={self.strict}"]
        flags = [f"{name}=True" for name in ("eager", "requires_approval") if getattr(self, name)]
        return shown(self, [repr(self.name), *strict, *flags])

    def __hash__(self) -> int:
        known: int | None = vars(self).get("_hash")
        if known is None:
            parameters = json.dumps(self.parameters.model_dump(), sort_keys=True)
            known = hash((self.name, self.description, self.strict, parameters))
            vars(self)["_hash"] = known
        return known

    @property
    def needs_instance(self) -> bool:
        """Whether this is the tool of a method that was not taken from an instance or class."""
        return self._signature.is_method and not self._is_bound

    def _bound(self, instance: object, owner: type | None) -> Self:
        """Return the tool of a method, or the tool itself where there is nothing to bind."""
        if not self.needs_instance or not hasattr(self.fn, "__get__"):
            return self
        fn = cast("Any", self.fn).__get__(instance, owner)
        if fn is self.fn:  # a function that was looked up on its class
            return self
        bound = self._made_of(fn)
        bound._is_bound = True
        return bound

    def _made_of(self, fn: Callable[..., Any]) -> Self:
        new = copy.copy(self)
        new.fn = cast("ToolFnT", fn)
        functions.copy_metadata(fn, new)
        return new

    def __getstate__(self) -> dict[str, object]:
        # Another process hashes strings to other numbers.
        return {name: value for name, value in vars(self).items() if name != "_hash"}

    def can_execute(self, tool_call: ToolCall) -> bool:
        """Return whether this is the tool that the model calls.

        Args:
            tool_call: A model's call. Only its name counts; arguments are looked at by `execute`.
        """
        return tool_call.name == self.name

    def _invoke(self, tool_call: ToolCall, *context: object) -> Any:
        """Call the function and return what it returns, for an async one something to await."""
        text = tool_call.args
        values: object = json.loads(text) if text and not text.isspace() else {}
        if not isinstance(values, dict):
            raise TypeError(f"arguments have to be a JSON object, not {type(values).__name__}")
        positional, named = self._bind(cast("dict[str, object]", values), context)
        return cast("Callable[..., Any]", self.fn)(*positional, **named)

    def _bind(
        self, values: dict[str, object], context: tuple[object, ...]
    ) -> tuple[list[object], dict[str, object]]:
        """Return the arguments for the function; see `Signature.bind`."""
        return self._signature.bind(values, context)

    def _invoke_now(self, tool_call: ToolCall, *context: object) -> Any:
        """Call the function, which has to return its result at once."""
        result = self._invoke(tool_call, *context)
        if isawaitable(result):
            if iscoroutine(result):
                result.close()
            raise TypeError(
                f"tool {self.name!r} is not declared async, but returned something to await"
            )
        return result

    def _succeeded(self, tool_call: ToolCall, result: Any) -> ToolOutput[Any]:
        """Return the output; raises `TypeError` if the result cannot be told to a model."""
        result, media = split_result(result)
        plain_result(result, f"tool {self.name!r}")
        return ToolOutput(id=tool_call.id, name=self.name, result=result, media=media)

    def _failed(self, tool_call: ToolCall, error: Exception) -> ToolOutput[Any]:
        return ToolOutput(
            id=tool_call.id, name=self.name, result=told(error), error=ToolExecutionError(error)
        )


def require_call(tool_call: object) -> None:
    """Raise `TypeError` for what is no tool call, before anything of it is read."""
    require("tool_call", tool_call, ToolCall, "an llm.ToolCall, as in response.tool_calls")


AnyToolSchema: TypeAlias = ToolSchema[AnyToolFn]
"""Any tool."""

ToolSchemaT = TypeVar("ToolSchemaT", bound=AnyToolSchema, covariant=True, default=AnyToolSchema)
