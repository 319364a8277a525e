"""Stream from a synchronous web server: Flask, Django and every WSGI server take an iterator.

The server closes the iterator when the client leaves, and that closes the vendor's connection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qs
from wsgiref.simple_server import make_server

from mirascope import llm

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


@llm.call("openai/gpt-5-mini")
def answer(question: str) -> str:
    return question


def body(question: str) -> Iterator[bytes]:
    with answer.stream(question) as response:
        for text in response.text_stream():
            yield text.encode()


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    query = parse_qs(environ.get("QUERY_STRING", ""))
    if "question" not in query:
        start_response("400 Bad Request", [("content-type", "text/plain")])
        return [b"?question=... is missing"]
    start_response("200 OK", [("content-type", "text/plain; charset=utf-8")])
    return body(query["question"][0])


if __name__ == "__main__":
    with make_server("127.0.0.1", 8000, app) as server:
        server.serve_forever()
