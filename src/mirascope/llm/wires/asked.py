"""What a client asks for, as the server's side of a wire reads it: in no vendor's words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, cast

from mirascope._wire.json_values import JsonObject
from mirascope.llm.messages import Message
from mirascope.llm.types.params import Params, ThinkingLevel

__all__ = ["Asked", "FormatAsked", "ThinkingAsked", "ToolOffer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolOffer:
    """A tool that the model may call."""

    name: str
    schema: JsonObject
    """Of its arguments, in the words of JSON Schema whichever wire it came on."""
    description: str = ""
    strict: bool | None = None
    """Whether the arguments have to fit the schema; None where the client does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatAsked:
    """What the text of the answer has to be."""

    schema: JsonObject | None
    """What it has to fit, in the words of JSON Schema; None for a JSON object of whatever shape."""
    name: str = ""
    strict: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThinkingAsked:
    """How much the model is to think, and who sees it."""

    level: ThinkingLevel | None = None
    """None where the client names a budget only, or nothing."""
    budget: int | None = None
    """The most tokens to think for."""
    show: bool = False
    """Whether the client is shown the thoughts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request.

    What our messages have no form for, such as files that the vendor keeps, is in `body` only.
    """

    wire: str
    """``chat``, ``responses``, ``messages``, ``generate_content``, ``cohere``, ``converse``
    or ``invoke``."""
    model: str
    stream: bool = False
    framing: Literal["sse", "array"] = "sse"
    """How a stream comes: generateContent also knows one long JSON array."""
    messages: tuple[Message, ...] = ()
    """As the wire has them: some merge turns, some have a message for each tool output. Turns of
    the model have a `raw_message` where there is more to them than their parts, such as signatures;
    who answered is not known."""
    tools: tuple[ToolOffer, ...] = ()
    server_tools: tuple[str, ...] = ()
    """Tools that the vendor runs itself, by the wire's name for them."""
    tool_choice: str | None = None
    """``auto``, ``none``, ``required`` or the name of the tool to call; None for nothing said."""
    allowed_tools: tuple[str, ...] = ()
    """The only ones that may be called, where the client allows several but not all."""
    one_call_at_a_time: bool = False
    format: FormatAsked | None = None
    thinking: ThinkingAsked | None = None
    params: Params = field(default_factory=lambda: cast("Params", {}))
    """Sampling, limits and stop sequences."""
    body: JsonObject = field(default_factory=dict[str, object], repr=False)
    """The request's JSON as it was sent."""
