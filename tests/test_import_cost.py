"""`from mirascope import llm` costs next to nothing, and touches nothing but Python modules."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src"
HEAVY = {"aiohttp", "httpx", "httpx2", "msgspec", "pydantic", "pyreqwest", "rich", "urllib3"}

# What an import must not do. Opening Python's own files is how imports work; `os.environ` is read
# by the standard library, so only names that look like ours or a vendor's are counted.
WATCH = """
import json, os, sys
seen = []

def watch(event, args):
    if event == "open" and isinstance(args[0], str):
        if not args[0].endswith((".py", ".pyc", ".so", ".pth", ".zip", ".pyd")):
            if "__pycache__" not in args[0]:
                seen.append(["open", args[0]])
    elif event.startswith("socket.") or event == "subprocess.Popen":
        seen.append([event, ""])

class Watched(dict):
    def __getitem__(self, key):
        self.note(key)
        return super().__getitem__(key)

    def get(self, key, default=None):
        self.note(key)
        return super().get(key, default)

    def __contains__(self, key):
        self.note(key)
        return super().__contains__(key)

    def note(self, key):
        name = os.fsdecode(key)
        if name.startswith("MIRASCOPE") or name.endswith(("_KEY", "_URL", "_TOKEN", "_PROXY")):
            seen.append(["environ", name])

os.environ._data = Watched(os.environ._data)
sys.addaudithook(watch)
%s
print(json.dumps(seen))
"""

USE = """
from mirascope import llm

@llm.call("openai/gpt-5-mini")
def recommend_book(genre: str):
    return f"Recommend a {genre} book."

llm.Model("anthropic/claude-sonnet-4-5", thinking={"level": "low"})
llm.messages.user("hello")
"""


def run(*args: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(SRC)}
    return subprocess.run(
        [sys.executable, *args], env=environment, capture_output=True, text=True, check=True
    )


def imported_by(code: str) -> list[str]:
    """Return every module that an interpreter running `code` has loaded, its own start included.

    `-X importtime` would not do: it does not see what `importlib.import_module` loads, and lazy
    exports load their modules so.
    """
    return run("-c", f"{code}\nimport sys\nprint(*sys.modules)").stdout.split()


def test_the_import_is_small() -> None:
    modules = imported_by("from mirascope import llm")
    assert "mirascope.llm" in modules
    assert len(modules) <= 200
    assert HEAVY & {name.partition(".")[0] for name in modules} == set()


def test_the_top_of_the_package_is_next_to_nothing() -> None:
    ours = [name for name in imported_by("import mirascope") if name.startswith("mirascope")]
    assert {*ours} == {"mirascope", "mirascope._version"}


def test_a_name_of_v1_at_the_top_loads_no_sdk() -> None:
    modules = imported_by("from mirascope import BaseTool, Messages, prompt_template")
    assert "mirascope.core.base" in modules
    assert {"openai", "mirascope.llm.calls", "tenacity"} & {*modules} == set()


def test_declaring_a_call_needs_neither_schemas_nor_the_network() -> None:
    modules = imported_by(USE)
    heavy = HEAVY - {"msgspec"}
    assert heavy & {name.partition(".")[0] for name in modules} == set()


def test_a_codec_is_loaded_by_the_first_request_that_needs_it() -> None:
    codecs = {f"mirascope.llm.providers.{name}" for name in ("anthropic.codec", "google.codec")}
    codecs |= {f"mirascope.llm.providers.openai.{name}" for name in ("chat", "responses")}
    rows = "from mirascope.llm.providers import ROWS"
    assert codecs & {*imported_by(rows)} == set()
    routed = imported_by(f"{rows}; ROWS['groq'].route('groq/llama', [])")
    assert codecs & {*routed} == {"mirascope.llm.providers.openai.chat"}


def test_saving_and_loading_needs_no_pydantic() -> None:
    modules = imported_by(
        "from mirascope import llm\n"
        "llm.messages.from_json(llm.messages.to_json(llm.messages.user('hello')))"
    )
    assert HEAVY & {name.partition(".")[0] for name in modules} == set()


def test_loading_a_response_needs_no_pydantic() -> None:
    golden = Path(__file__).parent / "llm" / "responses" / "golden" / "stream-everything.json"
    modules = imported_by(
        "from pathlib import Path\n"
        "from mirascope import llm\n"
        f"response = llm.StreamResponse.from_json(Path({str(golden)!r}).read_bytes())\n"
        "response.to_json()"
    )
    heavy = HEAVY - {"msgspec"}
    assert heavy & {name.partition(".")[0] for name in modules} == set()


@pytest.mark.parametrize("code", ["from mirascope import llm", USE])
def test_no_file_no_socket_no_variable_is_touched(code: str) -> None:
    assert json.loads(run("-c", WATCH % code).stdout) == []


def test_the_watch_sees() -> None:
    """The tool of the test above notices what it is there to notice."""
    code = (
        "import socket; socket.socket().close(); open(os.devnull).close();"
        "os.environ.get('OPENAI_API_KEY'); 'MIRASCOPE_X' in os.environ"
    )
    kinds = [kind for kind, _ in json.loads(run("-c", WATCH % code).stdout)]
    assert kinds == ["socket.__new__", "open", "environ", "environ"]
