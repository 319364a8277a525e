"""`Partial[T]`: an answer of which some has not arrived yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic

from typing_extensions import TypeVar

__all__ = ["Partial"]

T = TypeVar("T")

if TYPE_CHECKING:

    class Partial(Generic[T]):
        """See the class below; for type checkers every field is there, and may be None."""

        def __getattr__(self, name: str) -> Any: ...  # Any: the fields are those of T
        def __getitem__(self, key: Any) -> Any: ...  # Any: a partial list, dict or TypedDict
        def __iter__(self) -> Any: ...  # Any: likewise
        def __len__(self) -> int: ...

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
