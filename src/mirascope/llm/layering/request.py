"""A question to a model, in no vendor's words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any

from mirascope.llm.formatting import Format, FormatSpec
from mirascope.llm.layering.resumption import Resumption
from mirascope.llm.messages import Message
from mirascope.llm.responses.attempts import Attempt
from mirascope.llm.tools import AnyToolSchema, BaseToolkit
from mirascope.llm.types.params import Params

__all__ = ["Request"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question to a model, in no vendor's words.

    A layer that wants another question asked passes on a changed copy (`dataclasses.replace`); with
    another `model_id`, whoever answers for that one is asked.
    """

    model_id: str
    """As the user wrote it, such as ``openai/gpt-5-mini``."""
    provider_id: str = ""
    """Who answers for the model."""
    model_name: str = ""
    """The provider's name of the model, as it goes on the wire."""
    messages: Sequence[Message]
    """As the caller gave them; for a codec, with the formatting instructions merged in."""
    toolkit: BaseToolkit[AnyToolSchema]
    format_spec: FormatSpec[object] | None = None
    """The format as the caller gave it."""
    format: Format[object] | None = None
    """The format as this provider is asked for it; None until the provider has resolved it."""
    params: Params
    stream: bool
    """Whether the answer is asked for bit by bit."""
    layers: tuple[Callable[..., Any], ...] = field(default=(), repr=False, compare=False)
    """The layers around this request below the one that makes it: those of a fallback model."""
    id: str = field(default="", compare=False)
    """Of this question, however often it is put; set where there are layers."""
    asked_in: Context | None = field(default=None, repr=False, compare=False)
    """The context variables as they were where it was asked; set where there are layers.

    The answer may be read in another thread or task. It is a copy of this question's own; a layer
    that wants those below it to see other values passes on a copy of it.
    """
    attempt: Attempt | None = field(default=None, repr=False, compare=False)
    """The account that the layer above keeps of this request; who keeps one, too, `encloses` it."""
    resumption: Resumption | None = field(default=None, repr=False, compare=False)
    """How the answer can be taken up again, for who is able to; a layer passes it on."""
    warnings: list[str] = field(default_factory=list[str], repr=False, compare=False)
    """Parameters that the encoder skipped, as ``name=value``; the provider logs them."""
