"""Who asked, as far as a response has to know: models stand on responses, not below them."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Generic, Protocol, TypeVar

from typing_extensions import TypedDict

from mirascope.llm.types.params import Params

ResponseT = TypeVar("ResponseT")
ToolsT = TypeVar("ToolsT")

__all__ = ["AnyModel", "Asker", "Changes", "active_models", "make_model", "make_models_with"]


class AnyModel(Protocol):
    """A model, for annotations: `llm.Model`, or a class of a user's that derives from it."""

    model_id: str
    params: Params


class Changes(TypedDict, Generic[ToolsT], total=False):
    """What `resume` takes besides the content and the format."""

    tools: ToolsT | None
    """What the model may call from now on; an empty list for nothing, None for what it may now."""
    model: AnyModel | str | None
    """Who is asked from now on: a model, or the id of one, with the response's parameters; None for
    the one that would be."""


class Asker(AnyModel, Protocol):
    """A model: `llm.Model`, or a class of a user's that derives from it.

    The methods return a response of the class that they are given one of; each of a model's takes
    one class only, which is that of the response that calls it.
    """

    @property
    def provider_id(self) -> str:
        """Return who answers for the model now."""
        ...

    def resume(self, *, response: ResponseT, content: Any, **more: Any) -> ResponseT:
        """Continue a `Response`."""
        ...

    async def resume_async(self, *, response: ResponseT, content: Any, **more: Any) -> ResponseT:
        """Continue an `AsyncResponse`."""
        ...

    def context_resume(
        self, *, ctx: Any, response: ResponseT, content: Any, **more: Any
    ) -> ResponseT:
        """Continue a `ContextResponse`."""
        ...

    async def context_resume_async(
        self, *, ctx: Any, response: ResponseT, content: Any
    ) -> ResponseT:
        """Continue an `AsyncContextResponse`."""
        ...

    def resume_stream(self, *, response: ResponseT, content: Any, **more: Any) -> ResponseT:
        """Continue a `StreamResponse`."""
        ...

    async def resume_stream_async(
        self, *, response: ResponseT, content: Any, **more: Any
    ) -> ResponseT:
        """Continue an `AsyncStreamResponse`."""
        ...

    def context_resume_stream(
        self, *, ctx: Any, response: ResponseT, content: Any, **more: Any
    ) -> ResponseT:
        """Continue a `ContextStreamResponse`."""
        ...

    async def context_resume_stream_async(
        self, *, ctx: Any, response: ResponseT, content: Any
    ) -> ResponseT:
        """Continue an `AsyncContextStreamResponse`."""
        ...


# The models of the `with` blocks that this task or thread is in, innermost last. The whole stack is
# in the variable, so one instance may be entered by any number of tasks at the same time.
active_models: ContextVar[tuple[Any, ...]] = ContextVar("mirascope_models", default=())

_make: Callable[..., Any] | None = None


def make_models_with(make: Callable[..., Any]) -> None:
    """Say how a model is made of its id and parameters; `models` does, when it is imported."""
    global _make
    _make = make


def make_model(model_id: str, params: Params) -> Asker:
    """Return a model, for a response that does not come from one.

    Raises:
        RuntimeError: Nobody has said how: `mirascope.llm.models` was never imported.
    """
    if _make is None:
        raise RuntimeError("This response comes from no model: import mirascope.llm.models first.")
    model: Asker = _make(model_id, **params)
    return model
