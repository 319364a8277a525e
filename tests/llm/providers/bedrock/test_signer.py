"""Who asks AWS: what is sent is signed, by credentials from wherever botocore finds them."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from mirascope import llm
from mirascope.llm.providers.bedrock.signer import AwsSigner, aws_auth, bedrock_url
from mirascope.llm.transport.http import HttpRequest
from tests.event_frames import event
from tests.llm.conftest import Colour
from tests.loopback import Received, Reply, Server

pytest.importorskip("botocore")

ID, SECRET, TOKEN = (
    "AKIDEXAMPLE000000000",
    "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    "FwoGZXIvYXdzEBY",
)
BEARER = "bedrock-api-key-YmVkcm9jaw"
ANSWER = json.dumps(
    {
        "output": {"message": {"role": "assistant", "content": [{"text": "Hello."}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 3, "outputTokens": 2, "totalTokens": 5},
    }
).encode()
STREAM = (
    event("messageStart", {"role": "assistant"})
    + event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Hello."}})
    + event("contentBlockStop", {"contentBlockIndex": 0})
    + event("messageStop", {"stopReason": "end_turn"})
    + event("metadata", {"usage": {"inputTokens": 3, "outputTokens": 2}})
)
JSON = {"content-type": "application/json"}
EVENTS = {"content-type": "application/vnd.amazon.eventstream"}


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let nothing of this machine be found."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "BEDROCK_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    monkeypatch.setenv("AWS_REGION", "eu-west-3")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server() as server:
        server.route("*", Reply(body=ANSWER, headers=JSON))
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", server.url(""))
        yield server


def verify(
    received: Received, region: str, secret: str = SECRET, token: str | None = TOKEN
) -> None:
    """Do what AWS does: sign what arrived once more, and compare."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    scheme, _, rest = received.headers["authorization"].partition(" ")
    said = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert scheme == "AWS4-HMAC-SHA256"
    key, date, scope_region, service, _ = said["Credential"].split("/")
    assert (scope_region, service) == (region, "bedrock")
    assert received.headers.get("x-amz-security-token") == token
    names = said["SignedHeaders"].split(";")
    assert {"content-type", "host", "x-amz-date"} <= set(names)
    url = f"http://{received.headers['host']}{received.target}"
    again = AWSRequest(received.method, url, {n: received.headers[n] for n in names}, received.body)
    again.context["timestamp"] = received.headers["x-amz-date"]
    assert received.headers["x-amz-date"].startswith(date)
    auth = SigV4Auth(Credentials(key, secret, token), "bedrock", region)
    canonical = auth.canonical_request(again)
    assert auth.signature(auth.string_to_sign(again, canonical), again) == said["Signature"]


MODELS = [
    "bedrock/anthropic.claude-3-haiku-20240307-v1:0",
    "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "bedrock/arn:aws:bedrock:eu-west-3:123456789012:inference-profile/eu.amazon.nova-lite-v1:0",
    "bedrock/a b+c~d%20é?x#y=&z",
    "bedrock:anthropic/eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
]


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize("number", range(len(MODELS)))
def test_what_is_sent_is_what_was_signed(colour: Colour, server: Server, number: int) -> None:
    if number == 4:
        said = {"content": [{"type": "text", "text": "Hello."}], "stop_reason": "end_turn"}
        server.route(
            "*", Reply(body=json.dumps(said).encode(), headers={"content-type": "application/json"})
        )
    model = llm.Model(MODELS[number])
    response = colour.call(model, "Hi, “é” \ud83d\ude00")
    assert response.text() == "Hello."
    verify(server.requests[0], "eu-west-3")
    model_name = MODELS[number].partition("/")[2]
    path = server.requests[0].target
    assert "?" not in path
    assert unquote(path.split("/")[2]) == model_name
    assert "x-amz-date" in server.requests[0].headers


@pytest.mark.usefixtures("credentials")
def test_a_stream_is_signed_as_well(colour: Colour, server: Server) -> None:
    server.route("*", Reply(body=[STREAM[:50], STREAM[50:]], headers=EVENTS))
    response = colour.read(llm.Model(MODELS[0]), "Hi.")
    assert response.text() == "Hello."
    assert response.usage.input_tokens == 3
    assert server.requests[0].target.endswith("/converse-stream")
    assert server.requests[0].headers["accept"] == "application/vnd.amazon.eventstream"
    verify(server.requests[0], "eu-west-3")


@pytest.mark.usefixtures("credentials")
def test_a_path_and_a_query_of_a_gateway_are_signed(colour: Colour, server: Server) -> None:
    llm.register_provider("bedrock", base_url=server.url("/gate%20way/v1?tenant=a%2Fb&x="))
    colour.call(llm.Model(MODELS[1]), "Hi.")
    assert server.requests[0].target.startswith("/gate%20way/v1/model/us.anthropic")
    assert server.requests[0].target.endswith("/converse?tenant=a%2Fb&x=")
    verify(server.requests[0], "eu-west-3")


@pytest.mark.usefixtures("credentials")
def test_a_signature_of_another_body_is_another(colour: Colour, server: Server) -> None:
    colour.call(llm.Model(MODELS[0]), "Hi.")
    request = server.requests[0]
    request.body += b" "
    with pytest.raises(AssertionError):
        verify(request, "eu-west-3")


# --- where credentials come from


def sign(url: str = "https://bedrock-runtime.us-west-2.amazonaws.com/model/m/converse") -> str:
    signed = AwsSigner().sign(HttpRequest(url=url, body=b"{}"))
    return signed.headers.get("authorization", "")


def test_a_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "credentials").write_text(
        f"[work]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n"
    )
    (tmp_path / "config").write_text("[profile work]\nregion = ap-south-1\n")
    monkeypatch.setenv("AWS_PROFILE", "work")
    assert bedrock_url() == "https://bedrock-runtime.ap-south-1.amazonaws.com"
    assert f"Credential={ID}/" in sign(bedrock_url())
    assert "/ap-south-1/bedrock/" in sign(bedrock_url())


def test_a_profile_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobodys")
    with pytest.raises(llm.MissingAPIKeyError, match="nobodys"):
        sign()
    with pytest.raises(llm.MissingAPIKeyError, match="nobodys"):
        bedrock_url()


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("bedrock-runtime.us-west-2.amazonaws.com", "us-west-2"),
        ("bedrock-runtime-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("bedrock-runtime.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("bedrock-runtime.us-east-1.api.aws", "us-east-1"),
        ("vpce-1-x.bedrock-runtime.eu-north-1.vpce.amazonaws.com", "eu-north-1"),
        ("gateway.example", "eu-west-3"),
    ],
)
def test_the_region_is_that_of_the_host(host: str, region: str) -> None:
    assert f"/{region}/bedrock/aws4_request" in sign(f"https://{host}/model/m/converse")


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_the_address_is_that_of_the_region(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "cn-north-1")
    assert bedrock_url() == "https://bedrock-runtime.cn-north-1.amazonaws.com.cn"
    monkeypatch.setenv(name, "x.evil.example/")
    with pytest.raises(llm.MissingAPIKeyError, match="no region"):
        bedrock_url()


def container(
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    seconds: list[int],
    before: Callable[[], object] = lambda: None,
) -> None:
    """Serve credentials as a container's agent does, each with its own time to live."""

    def body(number: int) -> bytes:
        expires = datetime.now(UTC) + timedelta(seconds=seconds[number])
        fields = {
            "AccessKeyId": f"AKIDCONTAINER{number}",
            "SecretAccessKey": f"container-secret-{number}",
            "Token": f"container-token-{number}",
            "Expiration": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        return json.dumps(fields).encode()

    def reply(number: int) -> Callable[[Any], None]:
        def give(exchange: Any) -> None:
            before()
            Reply(body=body(number), headers=JSON, framing="length")(exchange)

        return give

    server.route("/credentials", *map(reply, range(len(seconds))))
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url("/credentials"))


async def test_credentials_of_a_container_are_refreshed(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    container(server, monkeypatch, [30, 60, 3600])
    signer = AwsSigner()
    request = HttpRequest(url="https://bedrock-runtime.us-west-2.amazonaws.com/x", body=b"{}")
    first = signer.sign(request)
    assert "AKIDCONTAINER" in first.headers["authorization"]
    # What expires within minutes is fetched anew, once for all who ask meanwhile.
    later = await asyncio.gather(*(signer.sign_async(request) for _ in range(8)))
    assert all("Credential=AKIDCONTAINER2/" in one.headers["authorization"] for one in later)
    assert {one.headers["x-amz-security-token"] for one in later} == {"container-token-2"}
    assert "container-secret-2" in signer.secrets
    assert len([r for r in server.requests if r.path == "/credentials"]) == 3


async def test_the_loop_goes_on_while_credentials_are_fetched(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def slow(exchange: Any) -> None:
        asked.set()
        assert go_on.wait(30)
        Reply(status=404, framing="length")(exchange)

    server.route("/credentials", slow)
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url("/credentials"))
    request = HttpRequest(url="https://bedrock-runtime.us-west-2.amazonaws.com/x", body=b"{}")
    task = asyncio.create_task(AwsSigner().sign_async(request))
    while not asked.is_set():  # noqa: ASYNC110 - set in a thread
        await asyncio.sleep(0.01)  # the loop runs, though nobody has answered
    go_on.set()
    with pytest.raises(llm.MissingAPIKeyError):
        await task


@pytest.mark.parametrize("phase", ["first_content", "total"])
def test_credentials_that_do_not_come_are_waited_for_within_the_limits(
    colour: Colour, server: Server, monkeypatch: pytest.MonkeyPatch, phase: str
) -> None:
    come = threading.Event()
    container(server, monkeypatch, [3600], come.wait)
    monkeypatch.setenv("AWS_REGION", "eu-west-3")
    model = llm.Model(MODELS[0], timeout=llm.Timeout(**{phase: 0.05}))
    try:
        for ask in (colour.call, colour.read):
            said = r"no credentials of AWS came for 'bedrock' within 0\.05 s"
            with pytest.raises(llm.TimeoutError, match=said) as raised:
                ask(model, "Hi.")
            assert raised.value.phase == phase
    finally:
        come.set()
    assert colour.call(llm.Model(MODELS[0]), "Hi.").text() == "Hello."


@pytest.mark.usefixtures("credentials")
def test_credentials_that_change_in_the_environment_are_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signer = AwsSigner()
    request = HttpRequest(url="https://bedrock-runtime.us-west-2.amazonaws.com/x", body=b"{}")
    assert f"Credential={ID}/" in signer.sign(request).headers["authorization"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDOTHER")
    assert "Credential=AKIDOTHER/" in signer.sign(request).headers["authorization"]


def test_an_api_key_needs_no_botocore(
    colour: Colour, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "botocore", None)
    monkeypatch.setitem(sys.modules, "botocore.session", None)
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", BEARER)
    assert colour.call(llm.Model(MODELS[0]), "Hi.").text() == "Hello."
    assert server.requests[0].headers["authorization"] == f"Bearer {BEARER}"
    assert "x-amz-date" not in server.requests[0].headers


@pytest.mark.usefixtures("credentials")
def test_an_api_key_goes_first(server: Server) -> None:
    llm.register_provider("bedrock", api_key=BEARER)
    llm.Model(MODELS[0]).call("Hi.")
    assert server.requests[0].headers["authorization"] == f"Bearer {BEARER}"


@pytest.mark.usefixtures("credentials")
def test_what_the_caller_signs_stays() -> None:
    own = HttpRequest(url="https://a.invalid/", headers={"authorization": "mine"})
    assert AwsSigner().sign(own) == own


# --- what is missing


def test_botocore(monkeypatch: pytest.MonkeyPatch, colour: Colour) -> None:
    monkeypatch.setitem(sys.modules, "botocore.session", None)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    with pytest.raises(ImportError, match=r"signed by botocore.*Install the extra 'bedrock'"):
        colour.call(llm.Model(MODELS[0]), "Hi.")


def test_credentials(monkeypatch: pytest.MonkeyPatch, colour: Colour) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    message = r"no credentials of AWS were found, nor an API key in AWS_BEARER_TOKEN_BEDROCK"
    with pytest.raises(llm.MissingAPIKeyError, match=message) as caught:
        colour.call(llm.Model(MODELS[0]), "Hi.")
    assert caught.value.env_var == "AWS_BEARER_TOKEN_BEDROCK"


@pytest.mark.parametrize("botocore", [True, False])
def test_a_region(botocore: bool, monkeypatch: pytest.MonkeyPatch, colour: Colour) -> None:
    if not botocore:
        monkeypatch.setitem(sys.modules, "botocore.session", None)
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", BEARER)
    with pytest.raises(llm.MissingAPIKeyError, match="no region is set: set AWS_REGION") as caught:
        colour.call(llm.Model(MODELS[0]), "Hi.")
    assert caught.value.env_var == "AWS_REGION"


def test_a_gateway_is_asked_without_credentials(colour: Colour, server: Server) -> None:
    llm.register_provider("bedrock", base_url=server.url("/gateway"))
    assert colour.call(llm.Model(MODELS[0]), "Hi.").text() == "Hello."
    assert "authorization" not in server.requests[0].headers


@pytest.mark.parametrize("key", [None, BEARER])
def test_the_simulator_needs_no_account(
    key: str | None, colour: Colour, monkeypatch: pytest.MonkeyPatch
) -> None:
    if key is not None:
        monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", key)
    with llm.testing.simulate(["Hello.", "Hello."]):
        for model_id in (MODELS[0], MODELS[4]):
            assert colour.read(llm.Model(model_id), "Hi.").text() == "Hello."


# --- secrets


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize("stream", [False, True])
def test_no_secret_is_in_an_error(colour: Colour, server: Server, stream: bool) -> None:
    """AWS quotes what should have been signed, with the session token in it."""

    def echo(exchange: Any) -> None:
        received = server.requests[-1]
        said = f"The Canonical String for this request should have been {received.headers} {SECRET}"
        body = json.dumps({"message": said}).encode()
        headers = {
            "content-type": "application/json",
            "x-amzn-errortype": "InvalidSignatureException:",
        }
        Reply(status=403, body=body, headers=headers, framing="length")(exchange)

    server.route("*", echo)
    model = llm.Model(MODELS[0])
    with pytest.raises(llm.AuthenticationError) as caught:
        (colour.read if stream else colour.call)(model, "Hi.")
    text = f"{caught.value} {caught.value!r} {vars(caught.value)}"
    signature = server.requests[0].headers["authorization"].rpartition("=")[2]
    for secret in (SECRET, TOKEN, ID, signature):
        assert secret not in text
    assert "Canonical String" in text


def test_no_api_key_is_in_an_error(colour: Colour, server: Server) -> None:
    server.route("*", Reply(status=403, body=json.dumps({"Message": f"No {BEARER}."}).encode()))
    llm.register_provider("bedrock", api_key=BEARER)
    with pytest.raises(llm.PermissionError) as caught:
        colour.call(llm.Model(MODELS[0]), "Hi.")
    assert BEARER not in str(caught.value)


def test_nothing_shows_a_secret() -> None:
    signer = aws_auth(BEARER)
    assert BEARER not in repr(signer.sign(HttpRequest(url="https://a.invalid/")))
    assert signer.mask(f"x {BEARER} y") == "x *** y"
