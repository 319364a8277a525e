"""A user's own folders, for the commands that keep something there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mirascope.llm.testing import Simulator
from tests.llm.cli.test_standard_streams import run

__all__ = ["COMPLETIONS", "Home", "said"]

COMPLETIONS = ["-m", "openai/gpt-5-mini:completions"]


class Home:
    """A user's own folders, and a vendor that answers what a test says."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self.folder = folder
        self.log = folder / "data" / "mirascope" / "logs.db"
        self.variables = {
            **variables,
            "MIRASCOPE_LOGS": "",
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_DATA_HOME": str(folder / "data"),
        }

    def run(self, *arguments: str, **more: Any) -> tuple[int, str, str]:
        env = {**self.variables, **more.pop("env", {})}
        done = run(*arguments, env=env, cwd=self.folder, **more)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def ask(self, *arguments: str, **more: Any) -> str:
        code, out, err = self.run("ask", *arguments, *COMPLETIONS, **more)
        assert code == 0, err
        return out

    def entries(self, *arguments: str) -> list[dict[str, Any]]:
        code, out, err = self.run("logs", *(arguments or ["list"]), "--json")
        assert code == 0, err
        return json.loads(out)


def said(simulator: Simulator, request: int = -1) -> list[tuple[str, object]]:
    messages: Any = simulator.requests[request].body["messages"]
    return [(one["role"], one.get("content")) for one in messages]
