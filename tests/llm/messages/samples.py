"""Messages of every form and content of every kind, each with a golden file.

``python -m tests.llm.messages.samples`` writes the files that are not there yet. A file that is
there is a promise: what was written is read by every later version, so it is not written again.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.content import Text
from mirascope.llm.exceptions import ToolError, ToolExecutionError, ToolNotFoundError
from mirascope.llm.messages import Message, assistant, system, to_json, user

GOLDEN = Path(__file__).parent / "golden"

Sample: TypeAlias = Message | Sequence[Message]


class Book(BaseModel):
    title: str
    pages: list[int]


class RateLimited(Exception):
    """A tool's own."""


def growing(*deltas: str) -> Text:
    part, arrived = Text.start()
    arrived.extend(deltas)
    return part


def tool_output(result: object, error: ToolError | None = None) -> Message:
    output = llm.ToolOutput(id="call_1", name="look_up", result=result, error=error)
    return user(output)  # type: ignore[arg-type]  # any result, as tools that lie about theirs have


def samples() -> dict[str, Sample]:
    """Return the messages by the names of their golden files, built anew at each call."""
    raw_message = {
        "role": "assistant",
        "content": [
            {
                "type": "thinking",
                "thinking": "Tides? The moon.",
                "signature": 'EqQBCkYIBxgCKkB/+x==\u2028\u00e9\U0001f30a\u0000\\"/',
            },
            {"type": "redacted_thinking", "data": "EmwKAhgBEgy3va3pzix/LafPsn4a"},
        ],
        "usage": {"big": 2**80, "cost": 0.25, "none": None, "yes": True},
    }
    return {
        "system": system('Be brief.\n\t"Quoted", \\ and \u2028 \u00e9 \U0001f30a \u0000.'),
        "system-growing": system(growing("Be ", "brief", ".")),
        "user-text": user("Why are there tides?"),
        "user-name": user(["Who am I?", ""], name="Ada"),
        "user-empty": user([]),
        "user-lone-surrogate": user("half: \ud83c."),
        "image-url": user(llm.Image.from_url("https://example.com/moon.png?size=2")),
        "image-file-id": user(llm.Image.from_file_id("file_moon", provider="openai")),
        "image-base64": user(llm.Image.from_bytes(b"\x89PNG\r\n\x1a\n" + bytes(8))),
        "audio-base64": user(llm.Audio.from_bytes(b"RIFF\x00\x00\x00\x00WAVEfmt ")),
        "video-url": user(llm.Video.from_url("https://www.youtube.com/watch?v=moon")),
        "video-file-id": user(llm.Video.from_file_id("files/moon", provider="google")),
        "video-base64": user(llm.Video.from_bytes(b"\0\0\0\x18ftypisom\0\0\0\0")),
        "document-url": user(llm.Document.from_url("https://example.com/tides.pdf")),
        "document-base64": user(llm.Document.from_bytes(b"%PDF-1.7 tides")),
        "document-text": user(llm.Document.from_bytes(b"<p>tides</p>", mime_type="text/html")),
        "tool-output-text": tool_output("high at noon"),
        "tool-output-object": tool_output(
            {"books": [Book(title="Tides", pages=[1, 2])], 3: (1.5, float("nan"), None)}
        ),
        "tool-output-model": tool_output(Book(title="Tides", pages=[])),
        "tool-error-execution": tool_output("boom", ToolExecutionError("boom")),
        "tool-error-key": tool_output("'moon'", ToolExecutionError(KeyError("moon"))),
        "tool-error-of-its-own": tool_output(
            "late", ToolExecutionError(RateLimited("try again in 3 s"))
        ),
        "tool-error-not-found": tool_output("no such tool", ToolNotFoundError("look_down")),
        "tool-error-base": tool_output("no", ToolError("not allowed")),
        "tool-output-media": user(
            llm.ToolOutput(
                id="call_1",
                name="look_up",
                result="Here.",
                media=[
                    llm.Image.from_bytes(b"\x89PNG\r\n\x1a\n" + bytes(8)),
                    llm.Document.from_url("https://example.com/a.pdf"),
                ],
            )
        ),
        "assistant-media": assistant(
            [
                llm.ProviderToolCall(id="ws_1", name="web_search", args='{"query": "tides"}'),
                llm.ProviderToolOutput(
                    id="ws_1",
                    name="web_search",
                    result=[{"url": "https://a.example", "n": 2**80}],
                ),
                llm.ProviderToolOutput(
                    id="ws_2", name="web_search", result=None, error="too many requests"
                ),
                llm.Text(
                    text="The moon.",
                    citations=[
                        llm.Citation(start=4, end=8, url="https://example.com", title="Tides"),
                        llm.Citation(source="file-1", cited_text="the \u00e9 moon"),
                    ],
                ),
                llm.Image.from_bytes(b"\x89PNG\r\n\x1a\n" + bytes(8)),
                llm.Audio(
                    source=llm.Base64AudioSource(
                        type="base64_audio_source", data="eA==", mime_type="audio/wav"
                    ),
                    transcript="The moon.",
                ),
            ],
            provider_id="openai",
            model_id="openai/gpt-5",
        ),
        "assistant": assistant(
            [
                llm.Thought(thought="Tides? The moon."),
                growing("The ", "moon", "."),
                llm.ToolCall(id="call_1", name="look_up", args='{"what": "tides"}'),
            ],
            model_id="anthropic/claude-sonnet-4-5",
            provider_id="anthropic",
            provider_model_name="claude-sonnet-4-5",
            raw_message=raw_message,
            name="Bo",
        ),
        "assistant-of-nobody": assistant([], model_id=None, provider_id=None),
        "conversation": [
            system("Be brief."),
            user("Why are there tides?", name="Ada"),
            assistant(
                llm.ToolCall(id="call_1", name="look_up", args="{}"),
                model_id="openai/gpt-5-mini",
                provider_id="openai",
                provider_model_name="gpt-5-mini:responses",
                raw_message=[{"type": "reasoning", "encrypted_content": "gAAAAABo=="}],
            ),
            tool_output({"cause": "moon"}),
            assistant("The moon.", model_id="openai/gpt-5-mini", provider_id="openai"),
        ],
        "conversation-empty": [],
    }


def golden(name: str) -> Path:
    return GOLDEN / f"{name}.json"


def main() -> None:
    GOLDEN.mkdir(exist_ok=True)
    for name, sample in samples().items():
        if not golden(name).exists():
            golden(name).write_bytes(to_json(sample).encode() + b"\n")
            print(f"wrote {golden(name).name}")


if __name__ == "__main__":
    main()
