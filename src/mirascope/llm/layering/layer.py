"""What a layer is."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Any, Protocol, TypeAlias

from mirascope.llm.layering.answer import Answer, Open, Step
from mirascope.llm.layering.request import Request
from mirascope.llm.types.refusals import require, wrong_type

__all__ = ["Layer", "LayerFlow", "layers_of"]

LayerFlow: TypeAlias = Generator[Step, Any, Any]
"""The steps of one request through a layer; what it returns, an `Answer` if anything, is passed on.

Any, because what a step brings depends on the step, and because checkers want a return statement
where something may be returned.
"""


class Layer(Protocol):
    """Stands around a request: it sees the question, and the events of the answer, never bytes.

    A layer is a generator function, written once for synchronous and asynchronous callers, streamed
    and whole answers::

        def log(request, open):
            started = time.monotonic()
            yield open(request)
            print(request.model_id, time.monotonic() - started)

    It may yield ``open(request)``, which passes an answer on; ``answer.pull()``, which brings the
    next events of one, None at its end; a list of events, which is passed on; and `sleep` and
    `race`. It runs when the answer is first read and stops where it is when the response is closed
    or dropped, so what has to be tidied up belongs in ``finally``. It must not block.

    Or it is a plain function that returns ``open(request)``, for some request.

    An object may have a method ``watch``, too. It is told of the tools that are run for the
    responses to what was asked through it; see `types.watching.Watcher`.
    """

    def __call__(self, request: Request, open: Open, /) -> LayerFlow | Answer:
        """Return the steps, or the answer to pass on.

        Args:
            request: What is asked.
            open: Opens the next layer; may be called more than once, or never.
        """
        ...


def layers_of(layers: Iterable[Layer]) -> tuple[Layer, ...]:
    """Return layers as somebody gave them, now rather than at the first request.

    Raises:
        TypeError: They are no list of layers.
    """
    require("layers", layers, Iterable, "a list of layers")
    made = tuple(layers)
    for layer in made:
        if not callable(layer):
            raise wrong_type("A layer", "the form of a function of a request and of open", layer)
    return made
