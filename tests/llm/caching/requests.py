"""Requests of every kind, and their keys; run as a module to print the keys as JSON.

The keys stand in ``golden/keys.json``: users have files with such keys. One that is there stays as
it is, or `_FORM` in `caching/keys.py` has to change.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from mirascope import llm
from mirascope.llm.caching import request_key
from mirascope.llm.layering import Request
from mirascope.llm.tools import Toolkit, ToolParameterSchema

GOLDEN = Path(__file__).parent / "golden" / "keys.json"


class Book(BaseModel):
    """A book."""

    title: Annotated[str, Field(description="On the cover.")]
    kind: Literal["novel", "poems"] = "novel"


@dataclass
class Point:
    x: float
    y: float


@llm.tool
def add(a: int, b: list[int]) -> int:
    """Add numbers.

    Args:
        a: The first.
        b: The others.
    """
    return a + sum(b)


@llm.output_parser(formatting_instructions="Answer in upper case.")
def shout(response: llm.AnyResponse) -> str:
    return response.text().upper()


def described(**more: Any) -> llm.Tool[..., int]:
    parameters = ToolParameterSchema(
        properties={"b": {"type": "integer"}, "a": {"type": "integer"}}, required=["a"]
    )
    return llm.Tool(add.fn, "add", "Add.", parameters, **more)


def request(content: Any = "hi", **more: Any) -> Request:
    """Return a request, as a layer sees it."""
    made: dict[str, Any] = {
        "model_id": "openai/gpt-5-mini",
        "provider_id": "openai",
        "model_name": "gpt-5-mini",
        "messages": content if isinstance(content, list) else [llm.messages.user(content)],
        "toolkit": Toolkit(more.pop("tools", None)),
        "params": {},
        "stream": False,
    }
    return Request(**(made | more))


PIXEL = llm.Image(
    source=llm.Base64ImageSource(type="base64_image_source", data="aGk=", mime_type="image/png")
)
TALK: list[Any] = [
    llm.messages.system("Be brief. \ud83d"),
    llm.messages.user(["Look:", PIXEL], name="ada"),
    llm.messages.assistant(
        [llm.Thought(thought="Hm."), llm.ToolCall(id="c1", name="add", args='{"a": 1}')],
        model_id="openai/gpt-5-mini",
        provider_id="openai",
        raw_message={"b": [1.5, None, True], "a": "Größe"},
    ),
    llm.messages.user([llm.ToolOutput(id="c1", name="add", result={"sum": 2**70})]),
]
REQUESTS: dict[str, Request] = {
    "plain": request(),
    "another text": request("ho"),
    "another model": request(model_id="openai/gpt-5", model_name="gpt-5"),
    "another provider": request(provider_id="azure"),
    "another name of the model": request(model_name="gpt-5-mini:responses"),
    "a conversation": request(TALK),
    "temperature": request(params={"temperature": 0.7}),
    "many parameters": request(
        params={
            "max_tokens": 10,
            "stop_sequences": ["a", "b"],
            "thinking": {"level": "low", "include_thoughts": True},
            "tool_choice": "auto",
            "extra_body": {"b": 1, "a": [1.0]},
        }
    ),
    "a header": request(params={"extra_headers": {"anthropic-beta": "x"}}),
    "a tool": request(tools=[add]),
    "a tool by hand": request(tools=[described()]),
    "a strict tool": request(tools=[described(strict=True)]),
    "a provider's tool": request(tools=[llm.WebSearchTool()]),
    "a model as format": request(format_spec=Book),
    "a mode": request(format_spec=llm.format(Book, mode="tool")),
    "a dataclass as format": request(format_spec=Point),
    "a primitive as format": request(format_spec=int),
    "a parser as format": request(format_spec=shout),
}


def keys() -> dict[str, str]:
    """Return the key of each request, by its name."""
    return {name: request_key(one) for name, one in REQUESTS.items()}


if __name__ == "__main__":
    print(json.dumps(keys(), indent=2))
