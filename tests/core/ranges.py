"""Whether the SDK versions that the extras promise are versions that work.

    python -m tests.core.ranges DIRECTORY [oldest|own|newest|none|VENDOR ...]

Environments are made in the directory, by uv, and those whose tests pass are removed again:

- `oldest`: every lower bound of the extras and of our own dependencies, as low as they go;
- `own`: the lower bounds of our own dependencies, without any SDK, for everything but v1;
- `newest`: the newest release of every SDK, whatever the extras say, in as many environments as
  the SDKs' own pins force;
- `none` and each vendor: an ordinary installation with no extra, or that one, and nothing else.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
import warnings
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from .asking import aask, ask
from .grpc_loopback import model
from .loopback import TEXTS, Script, serve
from .vendors import BY_NAME, configure, environment

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
OWN = PROJECT["project"]["dependencies"]
EXTRAS = PROJECT["project"]["optional-dependencies"]
TOOLS = ["hypothesis", "pillow", "pytest", "pytest-asyncio", "pytest-xdist"]
# litellm and google-cloud-aiplatform refuse the newest of SDKs they build on, and
# google-generativeai refuses the protobuf that google-cloud-aiplatform wants.
APART = [{"litellm", "mcp", "google-cloud-aiplatform"}, {"google-generativeai"}]
# What SDKs of another age warn of is not our business, nor is the plugin that several bring.
PYTEST = ["-m", "pytest", "-q", "-W", "default", "-p", "no:anyio", "-p", "no:cacheprovider"]
WORKERS = ["-n", "auto", "--dist", "loadfile"]
# What a vendor can be imported with that is not all it can use.
ENOUGH = {"bedrock": "boto3", "gemini": "google.genai", "vertex": "google.genai"}
UV = [sys.executable, "-m", "uv"]


def distribution(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0]


def promised() -> list[str]:
    """What the extras of the vendors, and the one for prices, install."""
    return sorted({each for name in (*BY_NAME, "prices") for each in EXTRAS[name]})


def newest() -> list[list[str]]:
    # A pin stays: it names a version that is no final release.
    wanted = {
        distribution(each): each if "==" in each else distribution(each) for each in promised()
    }
    together = wanted.keys() - set().union(*APART)
    return [[wanted[name] for name in sorted(group)] for group in (together, *APART)]


class Environment:
    """An environment of its own, and what came of it."""

    def __init__(self, directory: Path, name: str) -> None:
        self.name = name
        self.path = directory / name
        self.python = self.path / "bin" / "python"
        self.log = directory / f"{name}.log"
        self.log.write_text("")
        self._run(*UV, "venv", "--clear", "--python", sys.executable, self.path)

    def _run(self, *command: str | Path, **variables: str) -> bool:
        with self.log.open("a") as log:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env={**os.environ, **variables},
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        return done.returncode == 0

    def install(self, *what: str | Path) -> bool:
        return self._run(*UV, "pip", "install", "--python", self.python, *what)

    def versions(self) -> dict[str, str]:
        freeze = [*UV, "pip", "freeze", "--python", str(self.python)]
        found = subprocess.run(freeze, capture_output=True, text=True, check=True).stdout
        return dict(line.split("==") for line in found.splitlines() if "==" in line)

    def add_tools(self, *tools: str) -> bool:
        """Install what runs the tests, which must not move what they run on."""
        pins = self.log.with_suffix(".pins")
        pins.write_text("\n".join(f"{name}=={pin}" for name, pin in self.versions().items()))
        return self.install("-c", pins, *tools)

    def test(self, *arguments: str) -> bool:
        return self._run(self.python, *PYTEST, *WORKERS, *arguments)

    def check(self, vendor: str) -> bool:
        """Run `check` below in the environment, against a server in this process."""
        state, server = serve()
        try:
            code = f"from tests.core.ranges import check; check({vendor!r}, {state.url!r})"
            return self._run(self.python, "-W", "ignore", "-c", code, **environment(state.url))
        finally:
            server.shutdown()
            server.server_close()

    def report(self, passed: bool, requirements: Iterable[str]) -> bool:
        have = self.versions()
        names = sorted({distribution(each) for each in requirements})
        lines = self.log.read_text("utf-8", "replace").splitlines()
        counts = [line.strip("= ") for line in lines if re.search(r"\d (passed|failed)", line)]
        said = counts[-1] if counts else "checked" if passed else f"see {self.log}"
        pins = ", ".join(f"{name} {have[name]}" for name in names if name in have)
        print(f"{'ok ' if passed else 'BAD'} {self.name}: {said}; {pins}", flush=True)
        if passed:
            shutil.rmtree(self.path)
        return passed


def check(name: str, url: str) -> None:
    """Stream in both colours, and see that what is not here says which extra brings it."""
    from mirascope.core import BaseMessageParam, Messages, prompt_template

    assert None not in (BaseMessageParam, Messages, prompt_template)
    if name != "none":
        vendor = BY_NAME[name]
        configure(url)
        assert "".join(chunk.content for chunk, _ in ask(vendor, stream=True)) == "".join(TEXTS)

        async def stream() -> str:
            own: Any = nullcontext()
            if name in ("gemini", "vertex"):
                own = model(name, Script(), threading.Event())
            async with own as client:
                options = {"client": client} if client else {}
                chunks = await aask(vendor, stream=True, **options)
                return "".join([chunk.content async for chunk, _ in chunks])

        assert asyncio.run(stream()) == "".join(TEXTS)
    for other in BY_NAME.values():
        enough = replace(other, sdk=ENOUGH.get(other.name, other.sdk))
        if not other.installed and not enough.installed:
            said = "nothing"
            try:
                importlib.import_module(f"mirascope.core.{other.name}")
            except ImportError as error:
                said = str(error)
            assert f"pip install '.[{other.name}]'" in said, (other.name, said)


def run(directory: Path, name: str) -> bool:
    passed = True
    for number, group in enumerate(newest() if name == "newest" else [[]]):
        made = Environment(directory, f"{name}{number or ''}")
        lowest = ("--resolution", "lowest-direct", "-e", ".")
        if name == "oldest":
            group = [*OWN, *promised()]
            done = made.install(*lowest, *group) and made.add_tools(*TOOLS)
            done = done and made.test("tests/core")
        elif name == "own":
            group = [*OWN, *EXTRAS["cli"], *EXTRAS["server"]]
            dev = [each for each in PROJECT["dependency-groups"]["dev"] if isinstance(each, str)]
            done = made.install(*lowest, *group) and made.add_tools(*dev)
            done = done and made.test("--ignore", "tests/core")
        elif name == "newest":
            done = made.install("-e", ".", *group, *TOOLS) and made.test("tests/core")
        else:
            group = EXTRAS.get(name, [])
            done = made.install("--reinstall-package", "mirascope", f".[{name}]" if group else ".")
            done = done and made.check(name)
        passed = made.report(done, group) and passed
    return passed


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    place = Path(sys.argv[1]).resolve()
    place.mkdir(parents=True, exist_ok=True)
    names = sys.argv[2:] or ["oldest", "own", "newest", "none", *BY_NAME]
    passed = [run(place, name) for name in names]  # all of them, whatever fails
    sys.exit(not all(passed))
