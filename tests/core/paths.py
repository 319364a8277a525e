"""The module paths that v1 promises for each vendor, and the files that make them.

    python -m tests.core.paths

writes the files. They are files because type checkers follow nothing else: an import hook, or
modules made in `__init__`, would work at run time and fail `from mirascope.core.openai.tool import
OpenAITool` under pyright and mypy.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import mirascope.core

from .vendors import BY_NAME

CORE = Path(mirascope.core.__file__).parent
# What ends the names of a module.
ENDINGS = {
    "call_kwargs": ("CallKwargs",),
    "call_params": ("CallParams",),
    "call_response": ("CallResponse",),
    "call_response_chunk": ("CallResponseChunk",),
    "dynamic_config": ("DynamicConfig",),
    "stream": ("Stream",),
    "tool": ("Tool", "ToolConfig"),
}


def public(vendor: str) -> list[str]:
    """Read `__all__` of a vendor without its SDK."""
    body = ast.parse((CORE / vendor / "vendor.py").read_text("utf-8")).body
    (found,) = (
        node.value
        for node in body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )
    return list(ast.literal_eval(found))


def files() -> Iterator[tuple[Path, list[str], str]]:
    """Give each file with the names it has and its text."""
    for vendor in BY_NAME:
        offered = public(vendor)
        for module, endings in ENDINGS.items():
            names = [name for name in offered if name.endswith(endings)]
            text = "".join(f"from . import {name} as {name}\n" for name in names)
            yield CORE / vendor / f"{module}.py", names, text


if __name__ == "__main__":
    for path, _, text in files():
        path.write_text(text, "utf-8")
