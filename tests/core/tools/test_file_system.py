"""File tools in a temporary folder, and never outside it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from mirascope.tools import FileSystemToolKit, FileSystemToolKitConfig


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("secret")
    directory = tmp_path / "base"
    directory.mkdir()
    return directory


def use(base: Path, name: str, config: Any = None, **arguments: Any) -> str:
    """Call a tool as a model does: by its name."""
    tools = FileSystemToolKit(base_directory=base, config=config).create_tools()
    (tool,) = (tool for tool in tools if tool._name() == name)
    return str(tool(**arguments).call())


def test_what_a_file_lives_through(base: Path) -> None:
    assert use(base, "CreateDirectory", path="notes/old") == "The directory notes/old is there."
    assert use(base, "WriteFile", path="notes/tea.md", content="Tee ☕") == (
        "Wrote 7 bytes to notes/tea.md."
    )
    assert use(base, "ReadFile", path="notes/tea.md") == "Tee ☕"
    assert use(base, "ListDirectory") == "notes/"
    assert use(base, "ListDirectory", path="notes") == "old/\ntea.md"
    assert use(base, "DeleteFile", path="notes/tea.md") == "Deleted notes/tea.md."
    assert use(base, "ListDirectory", path="notes/old") == "The directory is empty."
    assert use(base, "ReadFile", path="notes/tea.md") == "Error: There is no file notes/tea.md."


OUTSIDE = [
    "../secret.txt",
    "{outside}/secret.txt",
    "a/../../secret.txt",
    "link/secret.txt",
    "l.txt",
]


@pytest.mark.parametrize("path", OUTSIDE)
@pytest.mark.parametrize("name", ["ReadFile", "WriteFile", "DeleteFile", "CreateDirectory"])
def test_no_way_out(base: Path, name: str, path: str) -> None:
    (base / "link").symlink_to(base.parent)
    (base / "l.txt").symlink_to(base.parent / "secret.txt")
    path = path.format(outside=base.parent)
    arguments = {"path": path, "content": "mine"} if name == "WriteFile" else {"path": path}
    assert use(base, name, **arguments) == f"Error: {path} is outside the base directory."
    assert (base.parent / "secret.txt").read_text() == "secret"


@pytest.mark.parametrize("path", ["..", "/", "link", "link/base/.."])
def test_nothing_outside_is_listed(base: Path, path: str) -> None:
    (base / "link").symlink_to(base.parent)
    assert use(base, "ListDirectory", path=path).startswith("Error: ")


def test_a_sibling_whose_name_begins_alike(base: Path) -> None:
    (base.parent / "base2").mkdir()
    (base.parent / "base2" / "a.txt").write_text("secret")
    assert use(base, "ReadFile", path="../base2/a.txt").startswith("Error: ")


def test_links_within_and_the_base_itself_being_a_link(base: Path) -> None:
    (base / "a.txt").write_text("a")
    (base / "b.txt").symlink_to(base / "a.txt")
    (base.parent / "other").symlink_to(base)
    assert use(base.parent / "other", "ReadFile", path="b.txt") == "a"
    assert use(base, "ReadFile", path=str(base / "a.txt")) == "a"


def test_a_link_does_not_lend_its_name(base: Path) -> None:
    (base / "key.pem").write_text("secret")
    (base / "key.txt").symlink_to(base / "key.pem")
    assert use(base, "ReadFile", path="key.txt").startswith("Error: The name of a file has to end")


@pytest.mark.parametrize("path", ["a.exe", "txt", ".txt/..", "", ".", "a\0.txt", "a.txt/b.txt"])
def test_what_is_no_file_of_the_kinds(base: Path, path: str) -> None:
    (base / "a.txt").write_text("a")
    before = sorted(base.parent.rglob("*"))
    for name in ("ReadFile", "DeleteFile"):
        assert use(base, name, path=path).startswith("Error: ")
    assert use(base, "WriteFile", path=path, content="x").startswith("Error: ")
    assert sorted(base.parent.rglob("*")) == before


def test_a_pipe_is_not_waited_for(base: Path) -> None:
    os.mkfifo(base / "pipe.txt")
    assert use(base, "ReadFile", path="pipe.txt").startswith("Error: ")
    assert use(base, "WriteFile", path="pipe.txt", content="x").startswith("Error: ")


def test_the_settings(base: Path) -> None:
    config = FileSystemToolKitConfig(max_file_size=3, allowed_extensions=["log"])
    assert use(base, "WriteFile", config, path="a.log", content="abc").startswith("Wrote 3")
    assert use(base, "WriteFile", config, path="a.log", content="abcd").startswith("Error: ")
    assert (base / "a.log").read_text() == "abc"
    (base / "a.log").write_text("abcd")
    assert use(base, "ReadFile", config, path="a.log") == (
        "Error: The file is too large: 4 bytes, and 3 are allowed."
    )
    assert use(base, "ReadFile", config, path="a.txt").startswith("Error: The name")


def test_bytes_that_are_no_text(base: Path) -> None:
    (base / "a.txt").write_bytes(b"\xff\xfe\x00")
    assert use(base, "ReadFile", path="a.txt") == "Error: a.txt is not a text file."


def test_an_error_of_the_system_is_told_without_this_machines_paths(base: Path) -> None:
    missing = base / "gone"
    told = use(missing, "ReadFile", path="a.txt")
    assert told == "Error: No such file or directory."


def test_what_a_prompt_and_a_model_are_told() -> None:
    assert "ReadFile" in FileSystemToolKit.usage_description()
    (read, *_) = FileSystemToolKit().create_tools()
    assert read._description() == "Read a text file."
    described = read.model_json_schema()["properties"]["path"]["description"]
    assert described == "The file, relative to the base directory."
