"""`make figures` counts a tree of which the counts are known."""

from __future__ import annotations

from pathlib import Path

from tests.figures import LONG, figures

RUN = "".join(f"value_{n} = {n}\n" for n in range(6))


def report(root: Path, **files: str) -> list[str]:
    """Write modules, by their names with `__` for a slash, and return what is said of them."""
    for name, text in files.items():
        path = root / "mirascope" / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return list(figures(root))


def line(found: list[str], start: str) -> str:
    (one,) = [text for text in found if text.startswith(start)]
    return one.removeprefix(start)


def test_lines_and_comments(tmp_path: Path) -> None:
    found = report(
        tmp_path,
        top="x = 1\n",
        llm__a="# why\nx = 1  # beside\ny = '''\n# no comment\n'''\n",
        core__deep__b="\n\n",
    )
    assert line(found, "lines: ") == "8 (llm 5, core 2, mirascope 1) in 3 modules"
    assert line(found, "comment lines: ") == "1, 125.0 in 1,000"
    assert line(found, "largest modules: ").startswith("mirascope.llm.a 5, mirascope.core.deep.b 2")
    assert line(found, f"modules over {LONG} lines: ") == "none"


def test_a_long_module_is_named(tmp_path: Path) -> None:
    found = report(tmp_path, llm__a="\n" * LONG, llm__b="\n" * (LONG + 1))
    assert line(found, f"modules over {LONG} lines: ") == "mirascope.llm.b"


def test_overloads_and_ignores(tmp_path: Path) -> None:
    found = report(
        tmp_path,
        llm__a="@overload\ndef f(): ...\nclass A:\n  @typing.overload\n  async def f(self): ...\n",
        llm__b='"""@overload"""\nx = 1  # type: ignore[a]  # pyright: ignore[b]\n# pyright: all\n',
    )
    assert line(found, "overloads: ") == "2 (mirascope.llm.a 2)"
    assert line(found, "ignores for type checkers: ") == "2"


def test_repeated_lines_are_found_between_and_within_modules(tmp_path: Path) -> None:
    shifted = RUN.replace("value_3", "\n# a comment\nimport os\nvalue_3").replace("\n", "\n    ")
    found = report(tmp_path, llm__a=RUN, llm__b=f"if x:\n    {shifted}\nz = 1\n", llm__c="y = 1\n")
    assert line(found, "repeated lines: ").startswith("12, ")
    found = report(tmp_path, llm__a=f"{RUN}z = 1\n{RUN}", llm__b="")
    assert line(found, "repeated lines: ").startswith("12, ")


def test_a_shorter_run_is_no_repetition_and_none_repeats_itself(tmp_path: Path) -> None:
    five = RUN.partition("\n")[2]
    found = report(tmp_path, llm__a=five, llm__b=five, llm__c="y = 1\n" * 11)
    assert line(found, "repeated lines: ").startswith("0, ")


def test_a_circle_closed_by_a_late_and_a_typing_import(tmp_path: Path) -> None:
    found = report(
        tmp_path,
        llm__types__a="def f():\n    import mirascope.llm.tools.b\n",
        llm__tools__b="import mirascope.llm.tools.c\n",
        llm__tools__c="if TYPE_CHECKING:\n    import mirascope.llm.types.a\n",
        llm__tools__outside="import mirascope.llm.tools.b\n",
    )
    start = found.index("largest circle of imports, late and typing ones too: 3 modules")
    assert found[start + 1 :] == [
        "  mirascope.llm.tools.b",
        "  mirascope.llm.tools.c",
        "  mirascope.llm.types.a",
        "imports against the order of layers: 1",
        "  mirascope.llm.types.a imports llm.tools (late)",
    ]


def test_no_circle(tmp_path: Path) -> None:
    found = report(tmp_path, llm__tools__a="import mirascope.llm.tools.b\n", llm__tools__b="")
    assert line(found, "largest circle of imports, late and typing ones too: ") == "0 modules"
