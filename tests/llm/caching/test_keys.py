"""What makes two requests the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.caching import request_key
from mirascope.llm.testing import simulate
from mirascope.llm.tools import Toolkit
from tests.llm.layering.ways import WAYS

from .requests import GOLDEN, REQUESTS, add, described, keys, request


def test_keys_stay_what_they_were() -> None:
    assert keys() == json.loads(GOLDEN.read_text("utf-8"))


def test_every_difference_counts() -> None:
    assert len(set(keys().values())) == len(REQUESTS)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_keys_are_the_same_in_every_process(seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.llm.caching.requests"],
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == keys()


PLAIN = request()


@pytest.mark.parametrize(
    "same",
    [
        request(stream=True),
        request(params={"timeout": 3, "keep_raw": False}),
        request(params={"temperature": None}),
        request(messages=(llm.messages.user("hi"),)),
        request(layers=(lambda request, open: open(request),)),
    ],
)
def test_how_an_answer_is_read_does_not_count(same: Any) -> None:
    assert request_key(same) == request_key(PLAIN)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"temperature": 1}, {"temperature": 1.0}),
        ({"stop_sequences": ["a"]}, {"stop_sequences": ("a",)}),
        ({"top_p": 0.5, "seed": 1}, {"seed": 1, "top_p": 0.5}),
        ({"extra_body": {"a": 1, "b": 2}}, {"extra_body": {"b": 2, "a": 1}}),
        ({"extra_headers": {"X-Org": "a"}}, {"extra_headers": {"x-org": "a"}}),
    ],
)
def test_ways_to_say_the_same(one: Any, other: Any) -> None:
    assert request_key(request(params=one)) == request_key(request(params=other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"temperature": 0}, {}),
        ({"seed": 1}, {"top_k": 1}),
        ({"extra_headers": {"x-org": "a"}}, {"extra_headers": {"x-org": "b"}}),
    ],
)
def test_other_parameters_are_another_question(one: Any, other: Any) -> None:
    assert request_key(request(params=one)) != request_key(request(params=other))


def test_the_order_of_tools_counts() -> None:
    search = llm.WebSearchTool()
    both = [request(toolkit=Toolkit(tools)) for tools in ([add, search], [search, add])]
    assert request_key(both[0]) != request_key(both[1])


def test_what_a_tool_does_is_not_looked_at() -> None:
    assert request_key(request(tools=[described()])) == request_key(
        replace(request(), toolkit=Toolkit([described()]))
    )


def test_a_layer_sees_the_same_key_in_all_four_ways() -> None:
    seen: set[str] = set()

    def look(request: llm.Request, open: llm.Open) -> llm.Answer:
        seen.add(request_key(request))
        return open(request)

    with simulate():
        for way in WAYS.values():
            way.ask(llm.Model("openai/gpt-5-mini", layers=[look]), format=int)
    assert len(seen) == 1
