"""Every public module says what it offers, and every promised path is there."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import get_type_hints

import pytest

from mirascope import llm
from tests.imports import module_names
from tests.public_names import DEEP, FOUNDING, LLM, PACKAGES, pairs
from tests.v1_names import NAMES, PAGE, with_table

PUBLIC = {
    name: path
    for name, path in module_names().items()
    if not any(part.startswith("_") for part in name.split("."))
    and name != "mirascope.beta"  # it only says what to use instead of it
}


def literal_all(path: Path) -> list[str] | None:
    """Return `__all__` of a module, when it is a literal list of strings."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            try:
                return list(ast.literal_eval(node.value))
            except ValueError:
                return None
    return None


def export_order(name: str) -> tuple[int, list[tuple[int, str]]]:
    """Return the key of ruff's order: constants, classes, the rest; digits by their value."""
    group = 0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2
    runs = re.findall(r"\d+|\D+", name)
    return group, [(int(run), "") if run.isdigit() else (-1, run) for run in runs]


def offered(name: str, path: Path) -> set[str]:
    """Return the names without underscore that a module defines, or takes from within itself.

    What a package's `__init__` imports only to use it is not offered.
    """
    tree = ast.parse(path.read_text("utf-8"))
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif path.name == "__init__.py" and isinstance(node, ast.AnnAssign):
            names.add(ast.unparse(node.target))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{name}."):
            names |= {alias.asname or alias.name for alias in node.names} - used
    return {n for n in names if not n.startswith("_")}


def missing_sdk(error: ImportError) -> str | None:
    """Return the name of the SDK that an import failed for; None when it is our own failure."""
    ours = error.name is None or error.name.partition(".")[0] == "mirascope"
    return None if ours else error.name


def resolves(module: ModuleType, name: str) -> bool:
    try:
        return hasattr(module, name)
    except ImportError as error:
        if missing_sdk(error) is None:
            raise
        return True


@pytest.mark.parametrize("name", PUBLIC)
def test_all_is_literal_sorted_and_complete(name: str) -> None:
    exported = literal_all(PUBLIC[name])
    missing = offered(name, PUBLIC[name])
    if exported is None:
        assert not missing, f"{name} has no literal __all__ but offers {sorted(missing)}"
        return
    assert exported == sorted(set(exported), key=export_order)
    assert missing <= set(exported), f"{name}.__all__ lacks {sorted(missing - set(exported))}"


@pytest.mark.filterwarnings("ignore")  # SDKs, and our modules on those at their end, warn
@pytest.mark.parametrize("name", PUBLIC)
def test_all_resolves(name: str) -> None:
    try:
        module = import_module(name)
    except ImportError as error:
        sdk = missing_sdk(error)
        if sdk is None:
            raise
        pytest.skip(f"{sdk} is not installed")
    exported = literal_all(PUBLIC[name]) or []
    assert [n for n in exported if not resolves(module, n)] == []


@pytest.mark.parametrize(
    ("module", "name"),
    [
        *pairs(FOUNDING),
        *(("llm", name) for _, name in pairs(LLM)),
        *pairs(PACKAGES),
        *pairs(DEEP),
    ],
)
def test_a_promised_path_is_there(module: str, name: str) -> None:
    assert hasattr(import_module(f"mirascope.{module}"), name)


@pytest.mark.filterwarnings("ignore")  # SDKs warn
@pytest.mark.parametrize(("module", "name"), pairs(NAMES))
def test_a_name_of_v1_is_there(module: str, name: str) -> None:
    try:
        assert hasattr(import_module(module), name)
    except ImportError as error:
        sdk = missing_sdk(error)
        if sdk is None:
            raise
        pytest.skip(f"{sdk} is not installed")
    exported = literal_all(PUBLIC[module]) or []
    assert name in exported


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("from mirascope import beta", "`mirascope.core`"),
        ("from mirascope.beta import rag", "`mirascope.core`"),
        ("import mirascope.beta.openai", "`mirascope.core`"),
        ("from mirascope.llm import CallResponse", "`llm.Response`"),
        ("from mirascope.llm import CallResponseChunk", "`llm.StreamResponse`"),
        ("from mirascope.llm import StructuredStream", "structured_stream"),
        ("from mirascope.llm import override", "`with llm.model"),
    ],
)
def test_what_is_not_built_says_what_to_use(code: str, says: str) -> None:
    with pytest.raises(ImportError) as raised:
        exec(code, {})
    assert says in str(raised.value)
    assert "docs/v1.md" in str(raised.value)


def test_an_old_python_is_told() -> None:
    code = "import sys; sys.version_info = (3, 10, 9, 'final', 0); import mirascope"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "mirascope needs Python 3.11" in done.stderr


def test_the_table_of_v1_names_is_on_its_page() -> None:
    page = PAGE.read_text("utf-8")
    assert page == with_table(page), "python -m tests.v1_names"


def test_what_llm_offers_is_what_the_packages_offer() -> None:
    llm = import_module("mirascope.llm")
    for package, name in pairs(LLM):
        if package != "modules":
            home = import_module(f"mirascope.llm.{package}")
            assert getattr(llm, name) is getattr(home, name)


def test_star_import_gives_every_name() -> None:
    namespace: dict[str, object] = {}
    exec("from mirascope.llm import *", namespace)
    llm = import_module("mirascope.llm")
    assert set(llm.__all__) <= namespace.keys()
    assert set(llm.__all__) <= set(dir(llm))


def test_subscripting_works_at_run_time() -> None:
    llm = import_module("mirascope.llm")
    for name in ("Response", "StreamResponse", "AsyncResponse", "AsyncStreamResponse"):
        assert getattr(llm, name)[int]
    for name in ("ContextResponse", "AsyncContextStreamResponse"):
        assert getattr(llm, name)[str, int]


def test_the_annotations_of_public_names_resolve() -> None:
    """As a library sees them that looks at signatures."""
    for name in llm.__all__:
        value = getattr(llm, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            get_type_hints(value)
        if inspect.isclass(value):
            for method in vars(value).values():
                if inspect.isfunction(method):
                    get_type_hints(method)
    assert llm.Provider[int] is llm.Provider
