"""Read which modules of the package import which, and when, without running any of them."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

SRC = Path(__file__).parents[1] / "src"

When = Literal["start", "typing", "late"]
"""At the module's own import, for a type checker only, or inside a function."""


@dataclass(frozen=True)
class Import:
    importer: str
    imported: str
    when: When
    line: int


def module_names(root: Path = SRC) -> dict[str, Path]:
    """Return every module below `root` by its dotted name."""
    names: dict[str, Path] = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


def imports_of(name: str, path: Path, modules: Container[str]) -> Iterator[Import]:
    """Yield the imports that `path`, the module `name`, makes within its own top package."""
    top = name.partition(".")[0]
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node, when in _import_nodes(ast.parse(path.read_text("utf-8")), "start"):
        for imported in _imported(node, package, modules):
            if imported.partition(".")[0] == top and imported != name:
                yield Import(name, imported, when, node.lineno)


def _import_nodes(tree: ast.AST, when: When) -> Iterator[tuple[ast.Import | ast.ImportFrom, When]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, when
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _import_nodes(node, "late")
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for child in node.body:
                yield from _import_nodes(ast.Module([child], []), "typing")
            for child in node.orelse:
                yield from _import_nodes(ast.Module([child], []), when)
        else:
            yield from _import_nodes(node, when)


def _imported(
    node: ast.Import | ast.ImportFrom, package: str, modules: Container[str]
) -> Iterator[str]:
    """Yield the modules that a statement names; one that does not exist (yet) is named too."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    home = package.split(".")[: -(node.level - 1) or None] if node.level else []
    source = ".".join([*home, *filter(None, [node.module])])
    for alias in node.names:
        submodule = f"{source}.{alias.name}"
        yield submodule if submodule in modules else source
