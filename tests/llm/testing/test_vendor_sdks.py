"""What the simulator writes of citations, the vendors' own SDKs read as they document it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from mirascope import llm
from mirascope.llm.testing import Simulator, Turn
from tests.llm.testing.test_server import serving

PAGE = llm.Citation(
    start=5, end=13, url="https://a.example/x", title="Storks", source="d1", cited_text="They fly."
)
DOCUMENT = llm.Citation(source="0", cited_text="South.")
CITED = llm.Text(text="They fly south.", citations=[PAGE, DOCUMENT])
RAN = llm.ProviderToolOutput(
    id="t",
    name="code_execution",
    result={"stdout": "2", "stderr": "", "return_code": 0},
)
SAID = {"text": "They fly.", "title": "Storks", "url": "https://a.example/x"}
WEB = {"web": {"url": "https://a.example/x", "domain": "a.example"}}
CONVERSE = [
    {
        "title": "Storks",
        "source": "d1",
        "sourceContent": [{"text": "They fly."}],
        "location": WEB,
    },
    {
        "sourceContent": [{"text": "South."}],
        "location": {"documentChar": {"documentIndex": 0, "start": 0, "end": 6}},
    },
]


@pytest.fixture
def port() -> Iterator[int]:
    call = llm.ProviderToolCall(id="t", name="code_execution", args='{"snippet":"1 + 1"}')
    with serving(Simulator([Turn(parts=[call, RAN, CITED])])) as port:
        yield port


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_cohere(port: int, stream: bool) -> None:
    cohere = pytest.importorskip("cohere")
    asked: Any = {"model": "command-a-03-2025", "messages": [{"role": "user", "content": "Hi."}]}
    with httpx.Client() as http:
        client = cohere.ClientV2("key", base_url=f"http://127.0.0.1:{port}", httpx_client=http)
        check_cohere(client, asked, stream)


def check_cohere(client: Any, asked: Any, stream: bool) -> None:
    if stream:
        events = [event for event in client.chat_stream(**asked) if event is not None]
        begun = [event for event in events if event.type == "citation-start"]
        assert [event.index for event in begun] == [0, 1]
        assert sum(event.type == "citation-end" for event in events) == 2
        citations = [event.delta.message.citations for event in begun]
    else:
        citations = client.chat(**asked).message.citations
    page, document = citations
    assert (page.start, page.end, page.text) == (5, 13, "fly sout")
    assert (page.content_index, page.type) == (0, "TEXT_CONTENT")
    (source,) = page.sources
    assert (source.type, source.id, source.document) == ("document", "d1", SAID)
    assert (document.start, document.sources[0].id) == (None, "0")


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_converse(port: int, stream: bool) -> None:
    boto3 = pytest.importorskip("boto3")
    client = boto3.client(
        "bedrock-runtime",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id="id",
        aws_secret_access_key="key",
    )
    asked: Any = {
        "modelId": "amazon.nova-2-lite-v1:0",
        "messages": [{"role": "user", "content": [{"text": "Hi."}]}],
    }
    # Botocore keeps connections open until it is told to close.
    with closing(client):
        check_converse(client, asked, stream)


def check_converse(client: Any, asked: Any, stream: bool) -> None:
    use = {"toolUseId": "t", "name": "nova_code_interpreter", "type": "server_tool_use"}
    head = {"toolUseId": "t", "type": "nova_code_interpreter_result", "status": "success"}
    gave = {"json": {"stdOut": "2", "stdErr": "", "exitCode": 0}}
    if not stream:
        assert client.converse(**asked)["output"]["message"]["content"] == [
            {"toolUse": {**use, "input": {"snippet": "1 + 1"}}},
            {"toolResult": {**head, "content": [gave]}},
            {
                "citationsContent": {
                    "content": [{"text": "They fly south."}],
                    "citations": CONVERSE,
                }
            },
        ]
        return
    events = list(client.converse_stream(**asked)["stream"])
    starts = [e["contentBlockStart"]["start"] for e in events if "contentBlockStart" in e]
    assert starts == [{"toolUse": use}, {"toolResult": head}]
    deltas = [e["contentBlockDelta"] for e in events if "contentBlockDelta" in e]
    assert [d["delta"]["citation"] for d in deltas if "citation" in d["delta"]] == CONVERSE
    assert {d["contentBlockIndex"] for d in deltas if "citation" in d["delta"]} == {2}
    assert [d["delta"]["toolResult"] for d in deltas if "toolResult" in d["delta"]] == [[gave]]
