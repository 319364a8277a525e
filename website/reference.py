"""The reference: a page for each package of `mirascope.llm`, with every name that it exports."""

from __future__ import annotations

import ast
from functools import cache

import griffe

from website.pages import ROOT

__all__ = ["LLM", "index", "markdown", "packages", "page", "place", "top"]

LLM = "mirascope.llm"
SRC = ROOT / "src"


def exported(module: str) -> list[str]:
    """Return a module's `__all__`, which is a literal in all of ours."""
    path = SRC.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return [name for name in ast.literal_eval(node.value) if name[0] != "_"]
    return []


@cache
def packages() -> dict[str, list[str]]:
    """Return the modules right below `mirascope.llm` that export something, with what they do."""
    below = sorted(path.stem for path in (SRC / "mirascope" / "llm").iterdir())
    names = {f"{LLM}.{stem}": exported(f"{LLM}.{stem}") for stem in below if stem[0] not in "._"}
    return {module: sorted(exports, key=rank) for module, exports in names.items() if exports}


def rank(name: str) -> int:
    """Return how special a variant is: what most want to read of comes first."""
    return name.startswith("Async") + 2 * (name != "Context" and "Context" in name)


def top() -> list[str]:
    """Return what `llm` itself exports, but for those modules."""
    return [name for name in exported(LLM) if f"{LLM}.{name}" not in packages()]


@cache
def tree() -> griffe.Object:
    """Return what the sources say, read and not run."""
    loader = griffe.GriffeLoader(search_paths=[SRC], docstring_parser=griffe.Parser.google)
    loaded = loader.load("mirascope")
    loader.resolve_aliases()
    assert isinstance(loaded, griffe.Object)
    return loaded


def found(path: str) -> griffe.Object | None:
    """Return what a public name stands for; None where another project defines it."""
    thing = tree()[path.removeprefix("mirascope.")]
    if not isinstance(thing, griffe.Alias):
        return thing
    try:
        return thing.final_target
    except griffe.AliasResolutionError:
        return None


def described(module: str) -> str:
    """Return a module's docstring."""
    thing = found(module)
    return thing.docstring.value + "\n" if thing and thing.docstring else ""


def first_line(path: str) -> str:
    thing = found(path)
    if thing is None:
        return "Of another project, passed on."
    return thing.docstring.value.splitlines()[0] if thing.docstring else ""


@cache
def places() -> dict[str, str]:
    """Return under which public name each thing is explained: the first package that exports it."""
    where: dict[str, str] = {}
    for module, names in packages().items():
        for name in names:
            thing = found(f"{module}.{name}")
            if thing is not None:
                where.setdefault(thing.path, f"{module}.{name}")
    return where


def place(path: str) -> str:
    """Return the anchor of a public name."""
    thing = found(path)
    return path if thing is None else places().get(thing.path, path)


def table(module: str, names: list[str]) -> str:
    """Return a row for each name, linked to where it is explained."""
    rows: list[str] = []
    for name in names:
        path = f"{module}.{name}"
        # Whoever looks for a name under the path that they import finds it, too.
        here = f'<a id="{path}"></a>' if place(path) != path else ""
        rows.append(f"| {here}[`{name}`][{place(path)}] | {first_line(path)} |\n")
    return "| name | |\n| --- | --- |\n" + "".join(rows) if rows else ""


def index() -> str:
    """Return the page that lists them all: those of `llm`, then each package's."""
    parts = [f"# API\n\n{described(LLM)}", f"## llm\n\n{table(LLM, top())}"]
    for module, names in packages().items():
        short = module.removeprefix("mirascope.")
        rest = [name for name in names if name not in top()]
        heading = f"## [{short}]({module.rpartition('.')[2]}.md)"
        parts.append(f"{heading}\n\n{first_line(module)}\n\n{table(module, rest)}")
    return "\n".join(parts)


def page(module: str) -> str:
    """Return the page of one package, for mkdocstrings to fill in."""
    parts = [f"# {module.removeprefix('mirascope.')}\n\n{described(module)}"]
    elsewhere: list[str] = []
    for name in packages()[module]:
        path = f"{module}.{name}"
        if found(path) is None:
            parts.append(f"## {name} {{ #{path} }}\n\n{first_line(path)}\n")
        elif place(path) == path:
            parts.append(f"::: {path}\n")
        else:
            elsewhere.append(name)
    if elsewhere:
        parts.append("## Also here\n\n" + table(module, elsewhere))
    return "\n".join(parts)


def markdown(module: str) -> str:
    """Return the page of one package as plain Markdown: signatures and docstrings."""
    parts = [f"# {module.removeprefix('mirascope.')}\n\n{described(module)}"]
    for name in packages()[module]:
        path = f"{module}.{name}"
        thing = found(path)
        if thing is None or place(path) != path:
            parts.append(f"## {name}\n\n{first_line(path)}\n")
        else:
            parts += entries(thing, name, "##")
    return "\n".join(parts)


def entries(thing: griffe.Object, name: str, heading: str) -> list[str]:
    """Return a thing's signature and docstring, and those of its public members."""
    docstring = thing.docstring.value.strip() if thing.docstring else ""
    parts = [f"{heading} {name}\n\n```python\n{signature(thing)}\n```\n"]
    if docstring:
        parts.append(f"{docstring}\n")
    if isinstance(thing, griffe.Class):
        for member, what in thing.all_members.items():
            target = what.final_target if isinstance(what, griffe.Alias) else what
            if member[0] != "_" and isinstance(target, griffe.Function | griffe.Attribute):
                parts += entries(target, f"{name}.{member}", f"{heading}#")
    return parts


def signature(thing: griffe.Object) -> str:
    """Return how a thing is written down, in one line for each overload."""
    if isinstance(thing, griffe.Function):
        return "\n".join(one.signature() for one in thing.overloads or [thing])
    if isinstance(thing, griffe.Attribute):
        annotation = f": {thing.annotation}" if thing.annotation else ""
        return f"{thing.name}{annotation}" + (f" = {thing.value}" if thing.value else "")
    bases = ", ".join(str(base) for base in getattr(thing, "bases", ()))
    return f"class {thing.name}({bases})" if bases else f"class {thing.name}"
