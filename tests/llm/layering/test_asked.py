"""What a layer knows of a question besides its words: its id, who asked it, and where it went."""

from __future__ import annotations

import threading
from contextvars import ContextVar, copy_context
from dataclasses import replace

import pytest

from mirascope import llm
from mirascope.llm.responses.source import Sent
from mirascope.llm.testing import Status, Turn, simulate
from tests.llm.layering.ways import Way
from tests.loopback import Reply, Server, refused_port

MODEL = "openai/gpt-5-mini"
OTHER = "anthropic/claude-haiku-4-5"

user: ContextVar[str] = ContextVar("user", default="nobody")


class Look:
    """Keeps the requests and answers that pass."""

    def __init__(self) -> None:
        self.requests: list[llm.Request] = []
        self.answers: list[llm.Answer] = []

    def __call__(self, request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        self.requests.append(request)
        self.answers.append(open(request))
        yield self.answers[-1]

    @property
    def sent(self) -> list[Sent | None]:
        return [answer.sent() for answer in self.answers]


def test_a_question_keeps_its_id_however_often_it_is_put(way: Way) -> None:
    outer, inner = Look(), Look()
    model = llm.Model(MODEL, layers=[outer, llm.retry(initial_delay=0), inner])
    with simulate([Turn(fault=Status(500)), "a", "b"]):
        way.ask(model)
        way.ask(model)
    first, second = (request.id for request in outer.requests)
    assert first != second
    assert [request.id for request in inner.requests] == [first, first, second]


def test_a_stream_that_is_read_elsewhere_knows_who_asked() -> None:
    look = Look()
    with simulate(["hello"]):
        token = user.set("Ana")
        response = llm.Model(MODEL, layers=[look]).stream("hi")
        user.reset(token)
        reader = threading.Thread(target=response.finish)
        reader.start()
        reader.join()
    asked_in = look.requests[0].asked_in
    assert asked_in is not None
    assert asked_in[user] == "Ana"
    assert response.text() == "hello"


def test_layers_below_see_the_values_that_one_above_passes_on(way: Way) -> None:
    def rename(request: llm.Request, open: llm.Open) -> llm.Answer:
        assert request.asked_in is not None
        changed = request.asked_in.copy()
        changed.run(user.set, "Bia")
        return open(replace(request, asked_in=changed))

    outer, look = Look(), Look()
    with simulate(["hello"]):
        way.ask(llm.Model(MODEL, layers=[outer, rename, look]))
    for layer, name in ((outer, None), (look, "Bia")):
        asked_in = layer.requests[0].asked_in
        assert asked_in is not None
        assert asked_in.get(user) == name
    assert user.get() == "nobody"
    assert copy_context().get(user) is None


def test_it_is_known_where_a_request_went(way: Way) -> None:
    headers = {"content-type": "application/json", "x-request-id": "req_7"}
    look = Look()
    with Server() as server:
        server.route("*", Reply(status=404, headers=headers, body=b'{"error": {}}'))
        llm.register_provider("openai", base_url=server.url("/v1"), api_key="secret")
        with pytest.raises(llm.NotFoundError):
            way.ask(llm.Model(MODEL, layers=[llm.retry(max_retries=0), look]))
        port = server.port
    assert look.sent == [Sent(host="127.0.0.1", port=port, status=404, request_id="req_7")]


def test_it_is_known_who_could_not_be_reached(way: Way) -> None:
    look = Look()
    port = refused_port()
    llm.register_provider("openai", base_url=f"http://127.0.0.1:{port}/v1", api_key="secret")
    with pytest.raises(llm.ConnectionError):
        way.ask(llm.Model(MODEL, layers=[look]))
    assert look.sent == [Sent(host="127.0.0.1", port=port, status=None, request_id=None)]


def test_what_was_not_sent_went_nowhere(way: Way) -> None:
    look = Look()
    with simulate(["hello"]):
        model = llm.Model(MODEL, layers=[look, llm.cache()])
        way.ask(model)
        way.ask(model)
        [asked, cached] = look.sent
        never = llm.Model(MODEL, layers=[look]).stream("unread")
        del never
    assert asked == Sent(host="api.openai.com", port=443, status=200, request_id="req_sim1")
    assert cached is None
    assert len(look.answers) == 2


def test_the_answer_of_another_model_came_from_elsewhere(way: Way) -> None:
    def elsewhere(request: llm.Request, open: llm.Open) -> llm.Answer:
        return open(replace(request, model_id=OTHER))

    look = Look()
    with simulate(["hello"]):
        way.ask(llm.Model(MODEL, layers=[look, elsewhere]))
    [sent] = look.sent
    assert sent is not None
    assert sent.host == "api.anthropic.com"
