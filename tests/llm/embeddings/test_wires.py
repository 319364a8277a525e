"""Each vendor's embeddings: what is sent, against what was recorded, and what is read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.providers import ROWS
from tests.llm.embeddings.sides import embed, register, said
from tests.llm.providers.traffic import RECORDINGS
from tests.loopback import Server

VECTORS = [[1.0, 2.0], [3.0, 4.0]]
TASK = {"task": "query", "dimensions": 2}

# The documented shapes: a model, what it is asked with two texts, what it answers, what it counts.
WIRES: dict[str, tuple[str, str, Any, Any, int | None]] = {
    "openai": (
        "text-embedding-3-small",
        "/v1/embeddings",
        {
            "model": "text-embedding-3-small",
            "input": ["a", "b"],
            "dimensions": 2,
            "encoding_format": "base64",
        },
        {
            "object": "list",
            "data": [
                {"object": "embedding", "index": 1, "embedding": VECTORS[1]},
                {"object": "embedding", "index": 0, "embedding": VECTORS[0]},
            ],
            "usage": {"prompt_tokens": 8, "total_tokens": 8},
        },
        8,
    ),
    "mistral": (
        "codestral-embed",
        "/v1/embeddings",
        {"model": "codestral-embed", "input": ["a", "b"], "output_dimension": 2},
        {
            "data": [{"index": 0, "embedding": VECTORS[0]}, {"index": 1, "embedding": VECTORS[1]}],
            "usage": {"prompt_tokens": 4, "total_tokens": 4, "completion_tokens": 0},
        },
        4,
    ),
    "nvidia": (
        "nvidia/nv-embedqa-e5-v5",
        "/v1/embeddings",
        {
            "model": "nvidia/nv-embedqa-e5-v5",
            "input": ["a", "b"],
            "dimensions": 2,
            "input_type": "query",
        },
        {"data": [{"index": 0, "embedding": VECTORS[0]}, {"index": 1, "embedding": VECTORS[1]}]},
        None,
    ),
    "google": (
        "gemini-embedding-001",
        "/v1beta/models/gemini-embedding-001:batchEmbedContents",
        {
            "requests": [
                {
                    "model": "models/gemini-embedding-001",
                    "content": {"parts": [{"text": text}]},
                    "taskType": "RETRIEVAL_QUERY",
                    "outputDimensionality": 2,
                }
                for text in "ab"
            ]
        },
        {"embeddings": [{"values": vector} for vector in VECTORS]},
        None,
    ),
    "vertex": (
        "text-embedding-005",
        "/publishers/google/models/text-embedding-005:predict",
        {
            "instances": [{"content": text, "task_type": "RETRIEVAL_QUERY"} for text in "ab"],
            "parameters": {"autoTruncate": False, "outputDimensionality": 2},
        },
        {
            "predictions": [
                {"embeddings": {"values": vector, "statistics": {"token_count": 3.0}}}
                for vector in VECTORS
            ]
        },
        6,
    ),
    "cohere": (
        "embed-v4.0",
        "/v2/embed",
        {
            "model": "embed-v4.0",
            "texts": ["a", "b"],
            "input_type": "search_query",
            "embedding_types": ["float"],
            "output_dimension": 2,
            "truncate": "NONE",
        },
        {
            "id": "x",
            "embeddings": {"float": VECTORS},
            "meta": {"api_version": {"version": "2"}, "billed_units": {"input_tokens": 5}},
        },
        5,
    ),
    "bedrock": (
        "cohere.embed-english-v3",
        "/model/cohere.embed-english-v3/invoke",
        {
            "texts": ["a", "b"],
            "input_type": "search_query",
            "embedding_types": ["float"],
            "output_dimension": 2,
        },
        {"id": "x", "embeddings": {"float": VECTORS}, "response_type": "embeddings_by_type"},
        9,
    ),
    "azure-foundry": (
        "embed",
        "/models/embeddings",
        {"model": "embed", "input": ["a", "b"], "dimensions": 2, "input_type": "query"},
        {"data": [{"index": 0, "embedding": VECTORS[0]}, {"index": 1, "embedding": VECTORS[1]}]},
        None,
    ),
}
BASES = {"openai": "/v1", "mistral": "/v1", "nvidia": "/v1", "azure-foundry": "/models"}


@pytest.mark.parametrize("colour", ["sync", "async"])
@pytest.mark.parametrize("provider", WIRES)
def test_a_wire(provider: str, colour: str) -> None:
    model, path, body, answer, tokens = WIRES[provider]
    with Server() as server:
        headers = {"x-amzn-bedrock-input-token-count": "9"}
        server.route(path, said(answer, headers=headers))
        register(server, provider, base=BASES.get(provider, ""), scope=f"{provider}/")
        found = embed(colour, f"{provider}/{model}", ["a", "b"], **TASK)
    assert json.loads(server.requests[0].body) == body
    assert found.lists() == VECTORS
    assert found.usage == (None if tokens is None else llm.Usage(input_tokens=tokens))
    assert found.provider_id == provider


def test_titan_takes_a_text_a_request() -> None:
    with Server() as server:
        register(server, "bedrock", base="", scope="bedrock/")
        answers = [{"embedding": vector, "inputTextTokenCount": 2} for vector in VECTORS]
        server.route("/model/amazon.titan-embed-text-v2%3A0/invoke", *map(said, answers))
        found = llm.embed("bedrock/amazon.titan-embed-text-v2:0", ["a", "b"], dimensions=2)
    assert found.lists() == VECTORS
    assert found.usage == llm.Usage(input_tokens=4)
    bodies = [json.loads(one.body) for one in server.requests]
    assert bodies == [{"inputText": text, "dimensions": 2} for text in "ab"]


def test_coheres_older_answer_on_bedrock() -> None:
    with Server() as server:
        register(server, "bedrock", base="", scope="bedrock/")
        server.route("*", said({"embeddings": VECTORS, "response_type": "embeddings_floats"}))
        assert llm.embed("bedrock/cohere.embed-english-v3", ["a", "b"]).lists() == VECTORS


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("", "/openai/v1/embeddings"),
        (
            "?api-version=2024-10-21",
            "/openai/deployments/small/embeddings?api-version=2024-10-21",
        ),
        (
            "/openai/deployments/other?api-version=2024-10-21",
            "/openai/deployments/other/embeddings?api-version=2024-10-21",
        ),
    ],
)
def test_both_surfaces_of_azure(url: str, target: str) -> None:
    with Server() as server:
        register(server, "azure", base=url, scope="azure/")
        server.route("*", said({"data": [{"index": 0, "embedding": [1.0]}]}))
        llm.embed("azure/small", "a")
    assert server.requests[0].target == target


TASKS = {
    "google": ["RETRIEVAL_DOCUMENT", "SEMANTIC_SIMILARITY", "CODE_RETRIEVAL_QUERY"],
    "cohere": ["search_document", None, "CODE_RETRIEVAL_QUERY"],
}


@pytest.mark.parametrize("provider", TASKS)
def test_tasks(provider: str) -> None:
    asked = ("document", "similarity", "CODE_RETRIEVAL_QUERY")
    with llm.testing.simulate() as simulator:
        for task, word in zip(asked, TASKS[provider], strict=True):
            if word is None:
                with pytest.raises(llm.FeatureNotSupportedError, match="none for similarity"):
                    llm.embed(f"{provider}/m", "a", task=task)
                continue
            llm.embed(f"{provider}/m", "a", task=task)
            body = simulator.requests[-1].body
            assert f'"{word}"' in json.dumps(body)


def test_what_has_no_word_is_skipped_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    with llm.testing.simulate():
        llm.embed("openai/m", ["a"] * 5000, task="query")
    assert [record.getMessage() for record in caplog.records].count(
        "Skipping unsupported parameter: task=query (provider: openai, model: openai/m)"
    ) == 1


def test_extra_fields_and_headers() -> None:
    with llm.testing.simulate() as simulator:
        llm.embed("openai/m", "a", extra_body={"user": "7"}, extra_headers={"X-Team": "a"})
    [request] = simulator.requests
    assert request.body["user"] == "7"
    assert request.headers["x-team"] == "a"


# --- every vendor, on the simulator


@pytest.mark.parametrize("id", [row.id for row in ROWS.values() if row.embeddings])
def test_every_vendor_on_the_simulator(id: str) -> None:
    row = ROWS[id]
    model = "amazon.titan-embed-text-v2:0" if id == "bedrock" else "some-embedding-model"
    scope = f"{id}/" if ":" in id else row.scopes[0]
    llm.register_provider(id, scope=scope)
    texts = ["the river is long", "stocks fell", "the river is long"]
    with llm.testing.simulate() as simulator:
        found = llm.embed(f"{scope}{model}", texts)
    assert found[0] == found[2] != found[1]
    assert found.dimensions == 256
    assert found.usage is None or found.usage.input_tokens > 0
    assert {request.wire for request in simulator.requests} == {"embeddings"}
    assert {request.model for request in simulator.requests} == {model}


@pytest.mark.parametrize("model", ["openai/m", "google/m", "vertex/m", "cohere/m"])
def test_the_simulator_refuses_what_vendors_refuse(model: str) -> None:
    with llm.testing.simulate(), pytest.raises(llm.BadRequestError):
        llm.embed(model, "a", dimensions=200_000)


# --- recorded requests of other clients

RECORDED = {
    "google": (
        "pydantic+pydantic-ai/google/tests_cassettes_test_embeddings_TestGoogle.test_embed_error.0",
        {"task": "query"},
    ),
    "cohere": (
        "pydantic+pydantic-ai/cohere/tests_cassettes_test_embeddings_TestCohere.test_embed_error.0",
        {"task": "query"},
    ),
    "openai": (
        "pydantic+pydantic-ai/openai/tests_cassettes_test_embeddings_TestOpenAI.test_embed_error.0",
        {},
    ),
}


@pytest.mark.skipif(not RECORDINGS.exists(), reason="the recordings are not here")
@pytest.mark.parametrize("provider", RECORDED)
def test_as_other_clients_ask_and_as_vendors_refuse(provider: str) -> None:
    name, more = RECORDED[provider]
    asked = json.loads((RECORDINGS / f"{name}.request.json").read_bytes())
    answer = json.loads((RECORDINGS / f"{name}.error.json").read_bytes())
    model = "nonexistent-model" if provider == "google" else "nonexistent"
    with Server() as server:
        register(server, provider, base="/v1" if provider == "openai" else "", scope=f"{provider}/")
        server.route("*", said(answer, status=404))
        with pytest.raises(llm.NotFoundError, match="nonexistent"):
            llm.embed(f"{provider}/{model}", "Hello, world!", **more)
    sent = json.loads(server.requests[0].body)
    assert sent == {name: value for name, value in asked.items() if value is not None}
