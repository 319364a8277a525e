"""Where answers are kept."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from mirascope import llm
from mirascope.llm.caching import MemoryStore, SQLiteStore
from mirascope.llm.testing import simulate
from tests.llm.layering.ways import Way
from tests.llm.processes import elsewhere

MODEL = "openai/gpt-5-mini"


def test_memory_forgets_what_was_not_wanted_for_longest() -> None:
    store = MemoryStore(max_entries=2)
    store.put("a", b"1", None)
    store.put("b", b"2", None)
    store.get("a")
    store.put("c", b"3", None)
    assert [store.get(key) for key in "abc"] == [b"1", None, b"3"]


def test_memory_counts_bytes() -> None:
    store = MemoryStore(max_bytes=10)
    store.put("a", b"1234", None)
    store.put("b", b"1234", None)
    store.put("b", b"123456", None)  # instead of the four, not beside them
    assert [store.get(key) for key in "ab"] == [b"1234", b"123456"]
    store.put("c", b"1", None)
    assert [store.get(key) for key in "abc"] == [None, b"123456", b"1"]
    store.put("d", b"12345678901", None)
    assert len(store) == 0
    store.put("e", b"1234567890", None)
    assert len(store) == 1
    store.clear()
    store.put("f", b"1234567890", None)
    assert store.get("f")


@pytest.mark.parametrize("name", ["max_entries", "max_bytes"])
def test_memory_needs_room(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        MemoryStore(**{name: 0})


def test_a_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    first = SQLiteStore(path)
    assert first.get("a") is None
    first.put("a", b"\x00\xff", None)
    first.put("a", b"\x01", None)
    first.close()
    first.close()
    second = SQLiteStore(str(path))
    assert second.get("a") == b"\x01"
    assert first.get("a") == b"\x01"  # it opens again
    second.clear()
    assert first.get("a") is None


def test_a_file_deletes_what_is_too_old(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "answers.sqlite")
    store.put("a", b"1", 0.01)
    store.put("b", b"2", 1000)
    store.put("c", b"3", None)
    time.sleep(0.02)
    store.put("d", b"4", None)
    assert [store.get(key) for key in "abcd"] == [None, b"2", b"3", b"4"]


def write(path: Path, name: str, count: int) -> None:
    store = SQLiteStore(path)
    for number in range(count):
        store.put(f"{name}{number}", name.encode() * 1000, 1000)
        assert store.get(f"{name}{number}") == name.encode() * 1000


def test_processes_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write, args=(path, name, 50)) for name in "abc"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    store = SQLiteStore(path)
    assert all(store.get(f"{name}{number}") for name in "abc" for number in range(50))


def test_threads_share_a_file(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "answers.sqlite")

    def work(name: str) -> None:
        for number in range(20):
            store.put(f"{name}{number}", name.encode(), None)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(store.get(f"{name}{number}") for name in "abcd" for number in range(20))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_file_outlives_a_fork(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "answers.sqlite")
    store.put("a", b"1", None)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            store.put("b", b"2", None)
            code = 0 if store.get("a") == b"1" else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert store.get("b") == b"2"


def ask_in_a_new_process(path: Path) -> tuple[str, bool]:
    with simulate(["another answer"]):
        response = llm.Model(MODEL, layers=[llm.cache(path)]).call("hi")
    return response.text(), response.cached_at is not None


def test_another_process_finds_the_answer(way: Way, tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    with simulate(["hi"]):
        way.ask(llm.Model(MODEL, layers=[llm.cache(path)]))
    assert elsewhere(ask_in_a_new_process, path) == ("hi", True)


def test_a_file_that_is_no_database_breaks_nothing(way: Way, tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    path.write_bytes(b"no database at all" * 1000)
    model = llm.Model(MODEL, layers=[llm.cache(path)])
    with simulate(["a", "b"]):
        assert [way.ask(model).text() for _ in range(2)] == ["a", "b"]


def test_an_entry_of_another_kind_breaks_nothing(way: Way, tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    model = llm.Model(MODEL, layers=[llm.cache(path)])
    with simulate(["a", "b"]):
        way.ask(model)
        other = sqlite3.connect(path)
        with other:
            other.execute("UPDATE answers SET value = 7")
        other.close()
        assert way.ask(model).text() == "b"
