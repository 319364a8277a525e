"""`Partial[T]`: an answer of which some has not arrived yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

from typing_extensions import TypeVar

__all__ = ["Partial"]

T = TypeVar("T")

if TYPE_CHECKING:
    # For checkers, a partial is what it is a part of: they know no other way to the names of its
    # fields. What is lost is that each may be None.
    Partial: TypeAlias = Annotated[T, "some of which has not arrived yet"]

else:

    class Partial:
        """`Partial[Book]` is a pydantic model like `Book` whose fields are None until they arrive.

        Its name is `PartialBook`. Models, dataclasses and TypedDicts are converted at any depth of
        lists, dicts, unions and each other; types without any are returned unchanged. Constraints,
        validators and defaults do not apply to what is only half there; aliases do. A TypedDict
        becomes one of which every key may be missing.
        """

        __slots__ = ()

        def __new__(cls, *args: object, **kwargs: object) -> Partial:
            raise TypeError("Cannot instantiate Partial: it is only ever used as Partial[Model]")

        def __init_subclass__(cls, **kwargs: object) -> None:
            raise TypeError(f"Cannot subclass {cls.__mro__[1].__module__}.Partial")

        def __class_getitem__(cls, item: object) -> object:
            from mirascope.llm.formatting.partial_types import partial_type  # pydantic: late

            return partial_type(item)
