"""Programs in the shape of the v1 Streams guide: 4 prompt styles x 10 vendors x 6 families.

They are made of the templates below, so that the guide itself need not be in the repository.
"""

from __future__ import annotations

import io
import re
import sys
import types
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STYLES = ("shorthand", "messages", "template", "base_message_param")
FAMILIES = ("basic", "properties", "response", "original", "audio", "errors")
VENDORS = (
    "openai",
    "anthropic",
    "mistral",
    "gemini",
    "groq",
    "cohere",
    "litellm",
    "azure",
    "vertex",
    "bedrock",
)
# What each vendor's program imports to catch, and catches.
ERRORS = {
    "openai": ("from openai import OpenAIError", "OpenAIError"),
    "anthropic": ("from anthropic import AnthropicError", "AnthropicError"),
    "mistral": (
        "from mistralai import models",
        "(models.HTTPValidationError, models.SDKError)",
    ),
    "gemini": ("", "Exception"),
    "groq": ("from groq import GroqError", "GroqError"),
    "cohere": ("from cohere.errors import BadRequestError", "BadRequestError"),
    "litellm": ("from litellm.exceptions import BadRequestError", "BadRequestError"),
    "azure": ("", "Exception"),
    "vertex": ("", "Exception"),
    "bedrock": ("from botocore.exceptions import ClientError", "ClientError"),
}
PROMPTS = {
    "shorthand": ("", "def title(topic: str) -> str:\n    return f'Name one {topic} novel'"),
    "messages": (
        "Messages",
        "def title(topic: str) -> Messages.Type:\n"
        "    return Messages.User(f'Name one {topic} novel')",
    ),
    "template": (
        "prompt_template",
        "@prompt_template('Name one {topic} novel')\ndef title(topic: str): ...",
    ),
    "base_message_param": (
        "BaseMessageParam",
        "def title(topic: str) -> list[BaseMessageParam]:\n"
        "    return [BaseMessageParam(role='user', content=f'Name one {topic} novel')]",
    ),
}
LOOP = "for chunk, _ in stream:\n    print(chunk.content, end='', flush=True)\n"
BODIES = {
    "basic": "stream = title('fantasy')\n" + LOOP,
    "properties": "stream = title('fantasy')\n" + LOOP + "print(f'Content: {stream.content}')\n",
    "response": "stream = title('fantasy')\n"
    + LOOP
    + "print(f'Usage: {stream.construct_call_response().usage}')\n",
    "original": "stream = title('fantasy')\nfor chunk, _ in stream:\n"
    "    print(f'Original: {chunk.chunk}')\n    print(chunk.content, end='', flush=True)\n",
    "audio": """\
data, transcript = b'', ''
for chunk, _ in title('fantasy'):
    data += chunk.audio or b''
    transcript += chunk.audio_transcript or ''
print(transcript)
play(AudioSegment.from_raw(io.BytesIO(data), sample_width=2, frame_rate=24000, channels=1))
""",
    "errors": """\
try:
    for chunk, _ in title('fantasy'):
        print(chunk.content, end='', flush=True)
except {error} as e:
    print(f'Error: {{e}}')
""",
}


@dataclass(frozen=True)
class Program:
    """One program and where it comes from."""

    vendor: str
    style: str
    family: str
    source: str

    @property
    def name(self) -> str:
        return f"{self.vendor}-{self.style}-{self.family}"


def generate(models: dict[str, str]) -> Iterator[Program]:
    """Make all 240 programs."""
    for family in FAMILIES:
        for style in STYLES:
            for vendor in VENDORS:
                yield Program(vendor, style, family, _source(vendor, style, family, models))


def _source(vendor: str, style: str, family: str, models: dict[str, str]) -> str:
    name, prompt = PROMPTS[style]
    names = ", ".join(filter(None, (name, vendor)))
    lines = [f"from mirascope.core import {names}"]
    body = BODIES[family]
    decorator = f"@{vendor}.call({models[vendor]!r}, stream=True)"
    if family == "audio":
        if vendor != "openai":
            return "# This vendor streams no audio.\n"
        lines += ["import io", "from pydub import AudioSegment", "from pydub.playback import play"]
        params = "{'audio': {'voice': 'alloy', 'format': 'pcm16'}, 'modalities': ['text', 'audio']}"
        decorator = f"@openai.call('gpt-4o-audio-preview', stream=True, call_params={params})"
    if family == "errors":
        imported, error = ERRORS[vendor]
        lines += [imported] if imported else []
        body = body.format(error=error)
        decorator = f"@{vendor}.call(model={models[vendor]!r}, stream=True)"
    return "\n".join([*lines, "", decorator, prompt, "", body])


FENCE = re.compile(r"^( *)```python.*?\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
TAB = re.compile(r'^ *=== "(.*?)"', re.MULTILINE)


def read_guide(path: Path) -> list[Program]:
    """Take the programs out of the guide; one printed line lost its indentation and is repaired."""
    text = path.read_text()
    programs = []
    tabs: tuple[str, str] = ("", "")
    positions = [(match.start(), match[1], "tab") for match in TAB.finditer(text)]
    positions += [(match.start(), match[2], "code") for match in FENCE.finditer(text)]
    number = 0
    for _, value, kind in sorted(positions):
        if kind == "tab":
            known = value in {
                "Shorthand",
                "Messages",
                "String Template",
                "BaseMessageParam",
            }
            tabs = (value, "") if known else (tabs[0], value)
            continue
        family = FAMILIES[number // 40]
        vendor = tabs[1].split()[0].lower()
        programs.append(Program(vendor, tabs[0], family, _repair(value)))
        number += 1
    return programs


def _repair(code: str) -> str:
    import textwrap

    lines = textwrap.dedent(code).split("\n")
    for number, line in enumerate(lines):
        if line.startswith('print(f"Original chunk') and lines[number - 1].startswith("for "):
            lines[number] = f"    {line}"
    return "\n".join(lines)


def fake_pydub() -> dict[str, Any]:
    """Stand in for pydub, which needs ffmpeg and loudspeakers."""
    pydub, playback = types.ModuleType("pydub"), types.ModuleType("pydub.playback")

    class AudioSegment:
        @classmethod
        def from_raw(cls, data: io.BytesIO, **_: Any) -> bytes:
            return data.read()

    pydub.AudioSegment = AudioSegment  # type: ignore[attr-defined]
    playback.play = lambda data: print(f"played {len(data)} bytes")  # type: ignore[attr-defined]
    return {"pydub": pydub, "pydub.playback": playback}


def run(program: Program) -> str:
    """Run a program; give what it printed."""
    printed = io.StringIO()
    saved = {name: sys.modules.get(name) for name in ("pydub", "pydub.playback")}
    sys.modules.update(fake_pydub())
    try:
        with redirect_stdout(printed):
            exec(compile(program.source, program.name, "exec"), {"__name__": "__main__"})
    finally:
        for name, module in saved.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
    return printed.getvalue()
