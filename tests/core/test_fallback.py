"""gemini and vertex without the SDKs they are named for: google-genai behind the same names."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from .loopback import Loopback, Script
from .vendors import BY_NAME, environment

PROGRAM = """
import asyncio, json, sys, warnings
warnings.simplefilter("ignore")
for name in ("google.generativeai", "vertexai", "vertexai.generative_models"):
    sys.modules[name] = None
from pydantic import BaseModel
from mirascope.core import {vendor}, Messages, prompt_template
if {vendor!r} == "vertex":
    # Vertex AI wants a token; this one is worth nothing.
    from google import genai
    from google.oauth2.credentials import Credentials
    client = genai.Client(vertexai=True, project="p", location="us-central1",
                          credentials=Credentials(token="t"),
                          http_options={{"base_url": {url!r}}})
else:
    client = None
call = {vendor}.call("gemini-1.5-flash", stream=True, client=client,
                     call_params={{"temperature": 0.5, "max_tokens": 9}})

@call
@prompt_template("SYSTEM: Be brief.\\nUSER: Hello {{name}}")
def question(name: str): ...

@call
async def aquestion(name: str): return f"Hello {{name}}"

async def main():
    stream = await aquestion("you")
    return "".join([chunk.content async for chunk, _ in stream])

stream = question("you")
chunks = [chunk for chunk, _ in stream]
response = stream.construct_call_response()
print(json.dumps({{
    "chunk": type(chunks[0].chunk).__module__,
    "class": type(chunks[0]).__name__,
    "stream": type(stream).__name__,
    "provider": stream.provider,
    "content": stream.content,
    "async": asyncio.run(main()),
    "usage": [stream.input_tokens, stream.output_tokens],
    "reasons": stream.common_finish_reasons,
    "same": response.cost == stream.cost and response.content == stream.content,
}}))
"""


@pytest.mark.skipif(not BY_NAME["google"].installed, reason="google.genai is not installed")
@pytest.mark.parametrize("vendor", ["gemini", "vertex"])
def test_the_same_names_on_google_genai(vendor: str, loopback: Loopback) -> None:
    loopback.script = Script()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM.format(vendor=vendor, url=loopback.url)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment(loopback.url)},
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    prefix = vendor.capitalize()
    assert found == {
        "chunk": "google.genai.types",
        "class": f"{prefix}CallResponseChunk",
        "stream": f"{prefix}Stream",
        "provider": vendor,
        "content": "The Name of the Wind",
        "async": "The Name of the Wind",
        "usage": [10, 5],
        "reasons": ["stop"],
        "same": True,
    }
    config = loopback.seen[0].body["generationConfig"]
    assert config == {"temperature": 0.5, "maxOutputTokens": 9}
    assert "Be brief." in json.dumps(loopback.seen[0].body["systemInstruction"])
