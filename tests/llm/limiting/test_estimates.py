"""What a request is taken to cost before it is sent."""

from __future__ import annotations

from mirascope import llm
from mirascope.llm.limiting.estimates import estimate_tokens
from tests.llm.providers.traffic import request

IMAGE = llm.Image.from_bytes(b"\x89PNG\r\n\x1a\n" + bytes(4))


def tokens(part: llm.ToolOutput[str] | llm.Image) -> int:
    return estimate_tokens(request("openai/gpt-5-mini", [llm.messages.user(part)]))


def test_media_cost_the_same_inside_of_an_output() -> None:
    bare: llm.ToolOutput[str] = llm.ToolOutput(id="1", name="n", result="Here.")
    full: llm.ToolOutput[str] = llm.ToolOutput(
        id="1", name="n", result="Here.", media=[IMAGE, IMAGE]
    )
    alone = tokens(IMAGE) - estimate_tokens(request("openai/gpt-5-mini", [llm.messages.user([])]))
    assert tokens(full) - tokens(bare) == 2 * alone
