"""`llm.embed` in both colours, on real sockets: order, batches, what goes wrong, what is left."""

from __future__ import annotations

import asyncio
import json
import pickle
import time
from array import array
from collections.abc import Iterator
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.embeddings.work import Work
from tests.linear import LINEAR, growth
from tests.llm.embeddings.sides import KEY, embed, number, numbers, packed, register, said
from tests.loopback import Exchange, Reply, Server, refused_port

COLOURS = ["sync", "async"]


@pytest.fixture(params=COLOURS)
def colour(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        register(server)
        yield server


# --- what comes back


def test_vectors_come_in_the_order_of_their_texts(colour: str, server: Server) -> None:
    server.route("/v1/embeddings", numbers)
    texts = [str(n) for n in range(5000)]
    found = embed(colour, "local/m", texts)
    assert [vector.tolist() for vector in found] == [number(text) for text in texts]
    assert found.lists()[7] == found[7].tolist() == number("7")
    assert (len(found), found.dimensions, found.model) == (5000, 3, "local/m")
    assert found.usage == llm.Usage(input_tokens=5000)
    assert sorted(len(json.loads(one.body)["input"]) for one in server.requests) == [
        904,
        2048,
        2048,
    ]
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert found.raw == []


def test_one_text(colour: str, server: Server) -> None:
    server.route("*", numbers)
    found = embed(colour, "local/m", "3", keep_raw=True)
    assert found.vector == array("f", number("3"))
    assert json.loads(server.requests[0].body)["input"] == ["3"]
    [raw] = found.raw
    assert raw["usage"]["prompt_tokens"] == 1  # type: ignore[index]  # decoded JSON
    assert repr(found).startswith("<Embeddings: 1 vector of 3 numbers, model='local/m'")
    assert pickle.loads(pickle.dumps(found)) == found
    with pytest.raises(ValueError, match="2 vectors, not one"):
        _ = embed(colour, "local/m", ["1", "2"]).vector


def test_no_texts_ask_nobody(colour: str, server: Server) -> None:
    found = embed(colour, "local/m", [])
    assert (found.vectors, found.dimensions, server.requests) == ([], 0, [])


def test_numbers_and_base64_are_read_alike(colour: str, server: Server) -> None:
    register(server, "vllm")
    vector = [0.25, -1.5]
    server.route("*", said({"data": [{"index": 0, "embedding": vector}]}))
    plain = embed(colour, "local/m", "a")
    assert "encoding_format" not in json.loads(server.requests[0].body)
    server.route("*", said({"data": [{"index": 0, "embedding": packed(vector)}]}))
    assert embed(colour, "local/m", "a").vectors == plain.vectors == [array("f", vector)]
    assert plain.usage is None


async def settled(before: set[asyncio.Task[Any]]) -> None:
    """Return once no task is left; a client may close its connections in one of its own."""
    for _ in range(1000):
        if asyncio.all_tasks() == before:
            return
        await asyncio.sleep(0.001)
    raise AssertionError(asyncio.all_tasks() - before)


# --- batches


def cut(model: str, texts: list[str]) -> list[tuple[int, int]]:
    work = Work(model, texts, dimensions=None, task=None, retry=None, params={}, keep_raw=False)
    return [(batch.start, batch.end) for batch in work.batches]


@pytest.mark.parametrize(
    ("count", "batches"),
    [(1, [1]), (96, [96]), (97, [96, 1]), (192, [96, 96]), (193, [96, 96, 1])],
)
def test_batches_by_number(count: int, batches: list[int]) -> None:
    found = cut("cohere/embed-v4.0", ["x"] * count)
    assert [end - start for start, end in found] == batches
    assert [start for start, _ in found] == [0, *(end for _, end in found[:-1])]


def test_batches_by_tokens() -> None:
    # Of Mistral's 16384, counted as two bytes each and one more for the text.
    long = "x" * 16_382  # 8192 tokens
    assert cut("mistral/mistral-embed", [long] * 5) == [(0, 2), (2, 4), (4, 5)]
    huge = "x" * 1_000_000  # more than fits: alone, and the vendor says what it thinks of it
    assert cut("mistral/mistral-embed", ["a", huge, "b"]) == [(0, 1), (1, 2), (2, 3)]
    assert cut("mistral/mistral-embed", [huge]) == [(0, 1)]
    assert cut("mistral/mistral-embed", ["\ud800é漢" * 2000] * 3) == [(0, 2), (2, 3)]  # 8 bytes


def test_its_cost_is_linear() -> None:
    def prepare(n: int) -> Any:
        texts = [f"text {i}" for i in range(n)]

        def work() -> None:
            with llm.testing.simulate():
                llm.embed("openai/m", texts, dimensions=4)

        return work

    assert growth(prepare, 4000) < LINEAR


def test_so_many_at_once_and_no_more(server: Server) -> None:
    register(server, "qwen")  # ten texts a request
    busy = most = 0

    def answer(exchange: Exchange) -> None:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        exchange.sleep(0.03)
        busy -= 1
        numbers(exchange)

    server.route("*", answer)
    texts = [str(n) for n in range(120)]
    found = embed("async", "local/m", texts, max_concurrency=3)
    assert found.lists() == [number(text) for text in texts]
    assert len(server.requests) == 12
    assert 2 <= most <= 3


# --- what goes wrong


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, llm.AuthenticationError), (429, llm.RateLimitError), (503, llm.ServerError)],
)
def test_errors_are_those_of_answers(
    colour: str, status: int, error: type[llm.APIError], server: Server
) -> None:
    body = {"error": {"message": f"not with {KEY}", "code": "no"}}
    server.route("*", said(body, status=status, headers={"retry-after": "7", "x-request-id": "r"}))
    with pytest.raises(error, match=f"local/m: {status}: not with") as raised:
        embed(colour, "local/m", "1")
    assert KEY not in str(raised.value)
    found = raised.value
    assert (found.retry_after, found.request_id, found.code) == (7, "r", "no")
    assert (found.model, found.provider) == ("local/m", "openai")
    assert len(server.requests) == 1


def test_an_address_that_is_not_there_is_named(colour: str, server: Server) -> None:
    register(server, base="")
    with pytest.raises(llm.NotFoundError, match="most end in a version, such as /v1"):
        embed(colour, "local/m", "1")


def test_a_failed_batch_is_asked_for_again_and_no_other(colour: str, server: Server) -> None:
    register(server, "qwen")
    failed: list[str] = []

    def answer(exchange: Exchange) -> None:
        first = json.loads(exchange.request.body)["input"][0]
        if first == "10" and len(failed) < 2:
            failed.append(first)
            said({"error": {"message": "busy"}}, status=503)(exchange)
        else:
            numbers(exchange)

    server.route("*", answer)
    attempts: list[llm.Attempt] = []
    retry = llm.RetryConfig(max_retries=2, initial_delay=0, on_retry=attempts.append)
    texts = [str(n) for n in range(30)]
    found = embed(colour, "local/m", texts, retry=retry)
    assert found.lists() == [number(text) for text in texts]
    assert found.usage == llm.Usage(input_tokens=30)
    assert len(server.requests) == 5
    assert [type(attempt.error) for attempt in attempts] == [llm.ServerError] * 2


@pytest.mark.parametrize(
    ("retry", "status", "requests"),
    [
        (llm.RetryConfig(max_retries=2, initial_delay=0), 503, 3),
        (llm.RetryConfig(max_retries=2, initial_delay=0), 400, 1),
        (llm.RetryConfig(max_retries=9, initial_delay=9, deadline=1), 503, 1),
        (None, 503, 1),
    ],
)
def test_until_it_is_given_up(
    retry: Any, status: int, requests: int, colour: str, server: Server
) -> None:
    server.route("*", said({"error": {"message": "no"}}, status=status))
    with pytest.raises(llm.APIError, match=f"{status}: no"):
        embed(colour, "local/m", "1", retry=retry)
    assert len(server.requests) == requests


def test_the_others_are_broken_off_when_one_fails(server: Server) -> None:
    register(server, "qwen")

    def answer(exchange: Exchange) -> None:
        if json.loads(exchange.request.body)["input"][0] == "20":
            server.wait_requests(4)
            said({"error": {"message": "no such thing"}}, status=400)(exchange)
        else:
            Reply(body=[b"{"], stall="after first")(exchange)

    server.route("*", answer)

    async def main() -> None:
        before = asyncio.all_tasks()
        with pytest.raises(llm.BadRequestError, match="no such thing"):
            await llm.embed_async("local/m", [str(n) for n in range(90)], max_concurrency=4)
        await settled(before)

    asyncio.run(main())
    assert len(server.requests) == 4  # the other five were never asked for
    for request in server.requests:
        request.wait_disconnected()


@pytest.mark.parametrize("client", [None, "httpx"])
def test_cancelled(client: str | None, server: Server) -> None:
    more: dict[str, Any] = {}
    if client is not None:
        more["http_client"] = pytest.importorskip("httpx").AsyncClient(trust_env=False)
    register(server, "qwen", **more)
    server.route(
        "*",
        Reply(stall="before headers"),
        Reply(stall="after headers"),
        Reply(body=[b"{"], stall="after first"),
    )

    async def main() -> None:
        before = asyncio.all_tasks()
        task = asyncio.create_task(
            llm.embed_async("local/m", [str(n) for n in range(30)], max_concurrency=3)
        )
        await asyncio.to_thread(server.wait_requests, 3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await settled(before)

    asyncio.run(main())
    for request in server.requests:
        request.wait_disconnected()


@pytest.mark.parametrize(
    "reply",
    [
        Reply(stall="before headers"),
        Reply(body=[b'{"data": ['], stall="after first"),
        Reply(body=[b"{"], forever=b" ", every=0.01),
    ],
)
def test_a_server_that_takes_its_time(reply: Reply, colour: str, server: Server) -> None:
    server.route("*", reply)
    with pytest.raises(llm.TimeoutError, match=r"no list of embeddings within 0\.2 s") as raised:
        embed(colour, "local/m", "1", timeout=0.2)
    assert (raised.value.phase, raised.value.model) == ("total", "local/m")
    server.requests[0].wait_disconnected()


def test_nobody_there_and_a_connection_that_breaks(colour: str, server: Server) -> None:
    server.route("*", said({"data": []}, cut_after=5))
    with pytest.raises(llm.ConnectionError, match="local/m: "):
        embed(colour, "local/m", "1")
    llm.register_provider(
        "openai", scope="local/", base_url=f"http://127.0.0.1:{refused_port()}/v1", api_key="x"
    )
    with pytest.raises(llm.ConnectionError, match="local/m: "):
        embed(colour, "local/m", "1")


GOOD = [{"index": 0, "embedding": [1.0, 2.0]}, {"index": 1, "embedding": [3.0, 4.0]}]


def spoilt(**second: Any) -> dict[str, Any]:
    return {"data": [GOOD[0], {**GOOD[1], **second}]}


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ({"data": []}, "2 texts have 0 embeddings"),
        ({"data": GOOD[:1]}, "2 texts have 1 embeddings"),
        ({"data": [*GOOD, {"index": 2, "embedding": [1, 1]}]}, "2 texts have 3"),
        (spoilt(index=0), "do not say clearly"),
        (spoilt(index=7), "do not say clearly"),
        (spoilt(index=-1), "do not say clearly"),
        (spoilt(index=None), "do not say clearly"),
        (spoilt(embedding=[1.0]), "has 1 numbers, not 2"),
        (spoilt(embedding=[]), "an embedding is empty"),
        (spoilt(embedding=""), "an embedding is empty"),
        (spoilt(embedding="AAA"), "no base64"),
        (spoilt(embedding="AAAA"), "no base64 of numbers"),
        (spoilt(embedding="é"), "no base64"),
        (spoilt(embedding=packed([float("nan"), 1])), "not finite"),
        (spoilt(embedding=packed([float("inf"), float("-inf")])), "not finite"),
        (spoilt(embedding=[1e300, 1.0]), "not finite"),
        (spoilt(embedding=[float("nan"), 1.0]), "something else in place of"),
        (spoilt(embedding=[None, 1.0]), "something else in place of"),
        (spoilt(embedding=[[1.0], [2.0]]), "something else in place of"),
        (spoilt(embedding=[1.0, 10**400]), "something else in place of|not finite"),
        ([], "something else in place of"),
        ({"data": {}}, "something else in place of"),
    ],
)
def test_what_is_no_list_of_embeddings(body: Any, what: str, colour: str, server: Server) -> None:
    server.route("*", said(body))
    with pytest.raises(llm.ResponseValidationError, match=f"local/m: .*{what}"):
        embed(colour, "local/m", ["1", "2"])


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"<html><title>Welcome</title>", "a page called 'Welcome'"),
        (b"", "something else"),
        (b"[" * 100_000, "something else"),
        (b'{"data": [{"index": 0, "embedding": [' + b"0," * 70_000 + b"0]}]}", "more numbers"),
    ],
)
def test_what_is_no_answer(body: bytes, what: str, colour: str, server: Server) -> None:
    server.route("*", Reply(body=body))
    with pytest.raises(llm.ResponseValidationError, match=what):
        embed(colour, "local/m", "1")


def test_a_vector_of_another_length_than_was_asked_for(colour: str, server: Server) -> None:
    server.route("*", numbers)
    with pytest.raises(llm.ResponseValidationError, match="3 numbers, not 2: perhaps the model"):
        embed(colour, "local/m", "1", dimensions=2)
    assert embed(colour, "local/m", "1", dimensions=3).dimensions == 3


def test_no_order_said_is_the_order_asked(colour: str, server: Server) -> None:
    server.route("*", said({"data": [{"embedding": [1, 2]}, {"embedding": [3, 4]}]}))
    assert embed(colour, "local/m", ["a", "b"]).lists() == [[1, 2], [3, 4]]


def test_a_large_text_is_sent_whole(colour: str, server: Server) -> None:
    server.route("*", said({"data": [{"index": 0, "embedding": [1.0]}]}))
    text = "\ud83d half 漢字 " * 200_000
    embed(colour, "local/m", text)
    sent = json.loads(server.requests[0].body)["input"][0]
    assert sent == text.replace("\ud83d", "\ufffd")


# --- what cannot be asked


@pytest.mark.parametrize(
    ("texts", "more", "error", "match"),
    [
        (b"a", {}, TypeError, "texts takes a text or a list of texts"),
        (7, {}, TypeError, "texts takes a text or a list of texts"),
        (["a", 7], {}, TypeError, "not list of int, str"),
        (["a", None], {}, TypeError, "not list of NoneType, str"),
        ("a", {"dimension": 3}, TypeError, "llm.embed does not know 'dimension'"),
        ("a", {"dimensions": 0}, ValueError, "at least 1"),
        ("a", {"dimensions": "3"}, TypeError, "dimensions takes a number"),
        ("a", {"task": 3}, TypeError, "task takes text"),
        ("a", {"timeout": "3"}, TypeError, "timeout takes"),
        ("a", {"retry": 3}, TypeError, "an llm.RetryConfig"),
        ("a", {"retry": llm.RetryConfig(fallback_models=("b/c",))}, ValueError, "compared"),
    ],
)
def test_what_is_refused(
    texts: Any, more: Any, error: type[Exception], match: str, colour: str, server: Server
) -> None:
    with pytest.raises(error, match=match):
        embed(colour, "local/m", texts, **more)
    assert server.requests == []


def test_how_many_at_once_is_a_positive_number() -> None:
    for wrong, error in ((0, ValueError), ("8", TypeError)):
        with pytest.raises(error, match="max_concurrency"):
            embed("async", "openai/m", "a", max_concurrency=wrong)


def test_who_has_none(colour: str) -> None:
    with pytest.raises(llm.FeatureNotSupportedError, match="not known to have embeddings of"):
        embed(colour, "anthropic/claude-sonnet-4-6", "a")
    with pytest.raises(llm.FeatureNotSupportedError, match="not known to have embeddings of"):
        embed(colour, "bedrock/amazon.nova-lite-v1:0", "a")
    with pytest.raises(llm.NoRegisteredProviderError):
        embed(colour, "nobody/m", "a")


def test_a_key_is_needed(colour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(llm.MissingAPIKeyError, match="OPENAI_API_KEY"):
        embed(colour, "openai/m", "a")


def test_the_clock_of_one_request_is_not_that_of_all(colour: str, server: Server) -> None:
    register(server, "qwen")

    def slowly(exchange: Exchange) -> None:
        exchange.sleep(0.15)
        numbers(exchange)

    server.route("*", slowly)
    started = time.monotonic()
    embed(colour, "local/m", [str(n) for n in range(80)], timeout=1, max_concurrency=1)
    assert time.monotonic() - started > 1
