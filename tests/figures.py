"""Count what should stay small: lines, repetition, overloads, circles. `make figures` prints it."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.imports import SRC, Import, imports_of, module_names
from tests.layers import package_of, points_right

RUN = 6
"""So many equal lines in a row, and no fewer, are a repetition."""
LONG = 500
"""A module with more lines has to have a reason."""
LARGEST = 5
"""So many modules are named."""

IGNORE = re.compile(r"#\s*(type|pyright):\s*ignore\b")


@dataclass(frozen=True)
class Module:
    name: str
    folder: str
    """The one right below the top package; the package itself for its own files."""
    lines: list[str]
    tree: ast.Module
    comments: list[tokenize.TokenInfo]


def read(name: str, path: Path, root: Path) -> Module:
    text = path.read_text("utf-8")
    top, *below = path.relative_to(root).parts
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = [token for token in tokens if token.type == tokenize.COMMENT]
    folder = below[0] if len(below) > 1 else top
    return Module(name, folder, text.splitlines(), ast.parse(text), comments)


def lines_by_folder(modules: list[Module]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for module in modules:
        counted[module.folder] += len(module.lines)
    return counted


def comment_lines(module: Module) -> set[int]:
    """Return the numbers of the lines that are nothing but a comment."""
    return {c.start[0] for c in module.comments if c.line.lstrip().startswith("#")}


def overloads(module: Module) -> int:
    decorators = [
        ast.unparse(decorator)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for decorator in node.decorator_list
    ]
    return sum(name in ("overload", "typing.overload") for name in decorators)


def ignores(module: Module) -> int:
    """Return how many comments switch a type checker off; one for both counts twice."""
    return sum(len(IGNORE.findall(comment.string)) for comment in module.comments)


def circle(imports: list[Import]) -> set[str]:
    """Return the most modules that all lead to each other, by imports of any kind."""
    arrows: dict[str, set[str]] = defaultdict(set)
    for arrow in imports:
        arrows[arrow.importer].add(arrow.imported)
    reached = {name: _reached(name, arrows) for name in arrows}
    circles = [
        {other for other in beyond if name in reached.get(other, ())}
        for name, beyond in reached.items()
    ]
    return max(circles, key=len, default=set())


def _reached(name: str, arrows: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        new = arrows.get(waiting.pop(), set()) - seen
        seen |= new
        waiting += new
    return seen


def repeated(modules: list[Module]) -> Counter[str]:
    """Return how many lines of each module stand in a run that there is elsewhere too.

    White space is folded; imports, blank lines and comments are as if they were not there.
    """
    told = {module.name: list(_told(module)) for module in modules}
    places: dict[tuple[str, ...], list[tuple[str, int]]] = defaultdict(list)
    for name, lines in told.items():
        for start in range(len(lines) - RUN + 1):
            places[tuple(lines[start : start + RUN])].append((name, start))
    found: dict[str, set[int]] = defaultdict(set)
    for runs in places.values():
        for name, start in runs:
            # A run that overlaps the other is not elsewhere: `),` seven times in a row.
            if any(name != other or abs(start - place) >= RUN for other, place in runs):
                found[name] |= set(range(start, start + RUN))
    return Counter({name: len(lines) for name, lines in found.items()})


def _told(module: Module) -> Iterator[str]:
    skipped = comment_lines(module)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            skipped |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    for number, line in enumerate(module.lines, 1):
        if number not in skipped and (folded := " ".join(line.split())):
            yield folded


def figures(root: Path = SRC) -> Iterator[str]:
    """Yield the report on the packages below `root`, line by line."""
    paths = module_names(root)
    modules = [read(name, path, root) for name, path in paths.items()]
    imports = [i for name, path in paths.items() for i in imports_of(name, path, paths)]
    total = sum(len(module.lines) for module in modules)
    by_folder = ", ".join(f"{name} {n:,}" for name, n in lines_by_folder(modules).most_common())
    yield f"lines: {total:,} ({by_folder}) in {len(modules)} modules"

    sizes = Counter({module.name: len(module.lines) for module in modules})
    long = [name for name, size in sizes.items() if size > LONG]
    yield f"largest modules: {_named(sizes)}"
    yield f"modules over {LONG} lines: {', '.join(long) or 'none'}"

    comments = sum(len(comment_lines(module)) for module in modules)
    yield f"comment lines: {comments:,}, {_per_thousand(comments, total)} in 1,000"
    again = repeated(modules)
    yield (
        f"repeated lines: {again.total():,}, {_per_thousand(again.total(), total)} in 1,000; "
        f"most in {_named(again)}"
    )
    yield f"overloads: {_counted({module.name: overloads(module) for module in modules})}"
    yield f"ignores for type checkers: {sum(map(ignores, modules))}"

    largest = sorted(circle(imports))
    yield f"largest circle of imports, late and typing ones too: {len(largest)} modules"
    yield from (f"  {name}" for name in largest)
    back = [arrow for arrow in imports if points_right(arrow)]
    yield f"imports against the order of layers: {len(back)}"
    for arrow in back:
        yield f"  {arrow.importer} imports {package_of(arrow.imported)} ({arrow.when})"


def _per_thousand(part: int, whole: int) -> str:
    return f"{1000 * part / max(whole, 1):.1f}"


def _named(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {n:,}" for name, n in counted.most_common(LARGEST)) or "none"


def _counted(by_name: Mapping[str, int]) -> str:
    counted = Counter({name: n for name, n in by_name.items() if n})
    return f"{counted.total()} ({_named(counted)})" if counted else "0"


if __name__ == "__main__":
    print(*figures(), sep="\n")
