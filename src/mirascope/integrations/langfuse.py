"""Traces of calls with Langfuse."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, TypeVar

from mirascope._install import needs

from .report import conversation, output, response_of, tags_of, tracing

with needs("langfuse", "`mirascope.integrations.langfuse` needs the library of that name"):
    from langfuse import LangfuseGeneration, get_client, propagate_attributes

__all__ = ["with_langfuse"]

_CallT = TypeVar("_CallT", bound=Callable[..., Any])


def with_langfuse() -> Callable[[_CallT], _CallT]:
    """Make a decorator that traces calls with Langfuse; it stands above the call decorator.

    Each call is a generation of the function's name, below the function that is observed around it,
    with the tags of `metadata`. A stream's generation ends with its loop. Langfuse reads its keys
    and its address from its own variables.
    """
    return tracing(_generation, _record)


@contextmanager
def _generation(fn: Any) -> Generator[LangfuseGeneration]:
    tags = tags_of(getattr(fn, "_metadata", None))
    start = get_client().start_as_current_observation
    with (
        propagate_attributes(tags=tags),
        start(name=fn.__name__, as_type="generation") as g,
    ):
        yield g


def _record(result: Any, generation: LangfuseGeneration) -> None:
    response = response_of(result)
    if response is None:
        generation.update(output=output(result))
        return
    usage = response.common_usage
    generation.update(
        model=response.model,
        model_parameters=dict(response.call_params or {}),
        input=conversation(response),
        output=output(result),
        usage_details=(
            {
                "input": usage.input_tokens,
                "output": usage.output_tokens,
                "total": usage.total_tokens,
            }
            if usage
            else None
        ),
        cost_details=None if response.cost is None else {"total": response.cost},
        metadata={"provider": response.provider, "prompt_template": response.prompt_template},
    )
