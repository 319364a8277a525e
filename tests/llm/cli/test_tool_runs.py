"""How the commands show what tools returned."""

from __future__ import annotations

from mirascope import llm
from mirascope.llm.cli.tool_runs import output_shown

IMAGE = llm.Image.from_bytes(b"\x89PNG\r\n\x1a\n" + bytes(4))


def shown(result: str, *media: llm.Image) -> str:
    output: llm.ToolOutput[str] = llm.ToolOutput(id="1", name="n", result=result, media=[*media])
    return output_shown(output)


def test_of_media_it_is_said_that_they_are_there() -> None:
    assert shown("Here.") == "Here."
    assert shown("Here.", IMAGE) == "Here. [image]"
    assert shown("", IMAGE, IMAGE) == "[image] [image]"
