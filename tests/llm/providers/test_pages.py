"""Pages with status 200, from a portal or a proxy, where an answer should be."""

from __future__ import annotations

import pytest

from mirascope import llm
from tests.llm.conftest import Colour
from tests.loopback import Reply, Server

PAGES = [
    ("text/html", b"<!doctype html><title>Sign in</title><p>x", "a page called 'Sign in'"),
    ("application/json", b"\n<html><head><title>Sign\nin</title>", "a page called 'Sign in'"),
    ("text/event-stream", b"<!DOCTYPE HTML><p>x", "a page without a title"),
    ("text/html; charset=utf-8", b"Welcome to our hotel", "text/html"),
    ("Text/HTML", b"", "text/html"),
]


@pytest.mark.parametrize(("kind", "body", "named"), PAGES)
@pytest.mark.parametrize(
    "wire", ["openai:completions", "openai:responses", "anthropic", "google", "cohere"]
)
def test_a_page_is_called_one(
    colour: Colour, wire: str, kind: str, body: bytes, named: str
) -> None:
    with Server() as server:
        server.route("*", Reply(headers={"content-type": kind}, body=body))
        llm.register_provider(wire, scope="x/", api_key="k", base_url=server.url(""))
        for ask in (colour.call, colour.read):
            with pytest.raises(llm.ResponseValidationError) as raised:
                ask(llm.Model("x/m"), "hi")
            assert f"the server sent {named}" in str(raised.value)
