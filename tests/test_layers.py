"""An import may only point left in the order of `LAYERS`, and there is no cycle."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.imports import Import, imports_of, module_names
from tests.layers import RANK, package_of, points_right

# Arrows to the right that are wanted, by (importer, imported package): each with its reason. They
# must be late (inside a function) or for a type checker only; one that is gone has to be struck.
TO_THE_RIGHT = {
    ("mirascope.llm", "llm.testing"): "`llm.testing` is exported lazily, as everything is",
}

MODULES = module_names()
IMPORTS = [i for name, path in MODULES.items() for i in imports_of(name, path, MODULES)]


def named(arrows: list[Import]) -> str:
    return "\n".join(f"{a.importer}:{a.line} imports {a.imported} ({a.when})" for a in arrows)


def loaded_first(arrow: Import) -> set[str]:
    """Return the packages that Python runs before `arrow.imported`, and not for the importer."""
    parts = arrow.imported.split(".")
    packages = {".".join(parts[:n]) for n in range(1, len(parts))}
    return {p for p in packages if not f"{arrow.importer}.".startswith(f"{p}.")}


def test_every_package_has_a_layer() -> None:
    packages = {package_of(name) for name in MODULES} - {None}
    assert packages <= RANK.keys(), f"add to LAYERS: {sorted(packages - RANK.keys(), key=str)}"


def test_every_imported_module_exists() -> None:
    missing = [i for i in IMPORTS if i.imported not in MODULES]
    assert not missing, f"\n{named(missing)}"


def test_no_import_points_right_when_a_module_starts() -> None:
    wrong = [i for i in IMPORTS if i.when == "start" and points_right(i)]
    assert not wrong, f"\n{named(wrong)}"


def test_late_and_typing_imports_point_right_only_where_listed() -> None:
    right = [i for i in IMPORTS if i.when != "start" and points_right(i)]
    unlisted = [i for i in right if (i.importer, package_of(i.imported)) not in TO_THE_RIGHT]
    assert not unlisted, f"\n{named(unlisted)}"
    used = {(i.importer, package_of(i.imported)) for i in right}
    assert TO_THE_RIGHT.keys() <= used, f"strike: {sorted(TO_THE_RIGHT.keys() - used)}"


def test_no_import_cycle() -> None:
    graph: dict[str, set[str]] = {name: set() for name in MODULES}
    for arrow in IMPORTS:
        if arrow.when == "start":
            graph[arrow.importer] |= {arrow.imported, *loaded_first(arrow)}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_no_cycle_between_packages_of_one_layer() -> None:
    graph: dict[str | None, set[str | None]] = {}
    for arrow in IMPORTS:
        importer, imported = package_of(arrow.importer), package_of(arrow.imported)
        if arrow.when == "start" and importer != imported:
            graph.setdefault(importer, set()).add(imported)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(str(package) for package in reversed(error.args[1])))


def test_the_reading_of_imports(tmp_path: Path) -> None:
    """The tool of these tests sees each kind of import once, and in its place."""
    source = tmp_path / "p" / "a.py"
    source.parent.mkdir()
    source.write_text(
        "import p.b.c\n"
        "from p import b as other\n"
        "from p.b import name\n"
        "import os, p.missing\n"
        "if TYPE_CHECKING:\n"
        "    from p.b.c import T\n"
        "else:\n"
        "    from p.b.c import U\n"
        "class K:\n"
        "    from p.b import inner\n"
        "    def f(self):\n"
        "        if True:\n"
        "            from p.b.c import late\n"
        "from . import b\n"
        "from .b.c import name\n"
        "from . import a\n"
    )
    modules = {"p", "p.a", "p.b", "p.b.c"}
    found = [(i.imported, i.when, i.line) for i in imports_of("p.a", source, modules)]
    assert found == [
        ("p.b.c", "start", 1),
        ("p.b", "start", 2),
        ("p.b", "start", 3),
        ("p.missing", "start", 4),
        ("p.b.c", "typing", 6),
        ("p.b.c", "start", 8),
        ("p.b", "start", 10),
        ("p.b.c", "late", 13),
        ("p.b", "start", 14),
        ("p.b.c", "start", 15),
    ]
