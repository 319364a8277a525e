"""The signature of a tool's function, read when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from inspect import Parameter
from types import FrameType
from typing import TYPE_CHECKING, Any

from mirascope.llm.tools import functions
from mirascope.llm.types.error_text import told
from mirascope.llm.types.hints import enclosing_frames, resolve_hints

if TYPE_CHECKING:
    from mirascope.llm.tools.arguments import Arguments
    from mirascope.llm.tools.parameter_schema import ToolParameterSchema

__all__ = ["Signature"]


class Signature:
    """What a function wants of a model; shared by a tool and the tools bound from it.

    Annotations may hold names that do not exist when the function is decorated: a class that
    refers to itself, or one defined further down.
    """

    def __init__(
        self,
        fn: Callable[..., object],
        *,
        takes_context: bool,
        only: Collection[str] | None = None,
    ) -> None:
        """Prepare to read `fn`.

        Args:
            fn: The function, a method not yet bound.
            takes_context: Whether its first parameter is a context.
            only: The names in a schema that was written by hand; see `Arguments`.
        """
        self._fn = fn
        self._only = only
        try:
            parameters = functions.parameters_of(fn)
        except TypeError:
            if only is None:
                raise
            parameters = []  # nothing is converted then
        self.is_method: bool = functions.is_method(parameters)
        """Whether `fn` is a method that was not taken from its instance or class."""
        if self.is_method:
            parameters = parameters[1:]
        self._context = parameters.pop(0) if takes_context and parameters else None
        self._parameters = parameters
        self._frames: tuple[FrameType, ...] = ()
        self._arguments: Arguments | None = None
        self._schema: ToolParameterSchema | None = None

    def __getstate__(self) -> dict[str, object]:
        # What was made of the annotations is made again: it holds a class that has no place.
        return {**vars(self), "_arguments": None, "_frames": ()}

    @property
    def arguments(self) -> Arguments:
        """Return the parameters that the model fills.

        Raises:
            NameError: An annotation holds a name that does not exist.
            TypeError: An annotation is no type.
            PydanticSchemaGenerationError: A parameter is of a type that JSON cannot hold.
        """
        if self._arguments is None:
            from mirascope.llm.tools.arguments import Arguments  # pydantic is slow to import

            names = [parameter.name for parameter in self._parameters]
            # Kept after a failure: what is not a name in them yet may be one next time.
            self._frames = self._frames or enclosing_frames(self._fn)
            title = functions.name_of(self._fn)
            try:
                self._arguments = Arguments(
                    title,
                    self._parameters,
                    {name: hint for name in names for hint in self._hint(name)},
                    functions.parameter_descriptions(functions.docstring_of(self._fn)),
                    self._only,
                )
            except NameError as error:
                error.add_note(f"In an annotation of tool {title!r}.")
                raise
            self._frames = ()
        return self._arguments

    def _hint(self, name: str) -> list[Any]:
        """Return the type of a parameter; none if it is not annotated."""
        try:
            return list(resolve_hints(self._fn, [name], self._frames).values())
        except NameError:
            raise
        except Exception as error:  # text in an annotation is code, which may do anything
            raise TypeError(
                f"The annotation of parameter {name!r} of tool {functions.name_of(self._fn)!r} is "
                f"no type: {told(error)}"
            ) from error

    @property
    def schema(self) -> ToolParameterSchema:
        """Return the schema of the arguments; raises what `arguments` raises."""
        if self._schema is None:
            self._schema = self.arguments.schema()
        return self._schema

    def bind(
        self, values: dict[str, object], context: tuple[object, ...]
    ) -> tuple[list[object], dict[str, object]]:
        """Return the arguments of a call; see `Arguments.bind`.

        Args:
            values: What the model gave.
            context: The context, for a function that takes one.
        """
        positional, named = self.arguments.bind(values)
        if context and self._context and self._context.kind is Parameter.KEYWORD_ONLY:
            return positional, {self._context.name: context[0], **named}
        return [*context, *positional], named
