"""A service account whose tokens come from a server on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.loopback import Exchange, Server

SETTINGS = (
    *("GOOGLE_API_KEY", "GEMINI_API_KEY", "VERTEX_API_KEY", "VERTEX_BASE_URL"),
    *("GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION", "GOOGLE_CLOUD_REGION", "GCLOUD_PROJECT"),
    *("ANTHROPIC_VERTEX_PROJECT_ID", "CLOUD_ML_REGION", "GOOGLE_CLOUD_QUOTA_PROJECT"),
    *("GOOGLE_APPLICATION_CREDENTIALS", "VERTEX_ANTHROPIC_BASE_URL", "VERTEX_OPENAI_BASE_URL"),
)
PLACE = "/v1beta1/projects/-/locations/eu"


class TokenServer(Server):
    """Gives out ``ya29-token-1``, ``ya29-token-2`` and so on, for `life` seconds each."""

    def __init__(self) -> None:
        super().__init__()
        self.life = 3600
        self.given = 0
        self.refusal: tuple[int, dict[str, Any]] | None = None
        self.route("/token", self.give)

    def give(self, exchange: Exchange) -> None:
        """Answer with the next token."""
        self.given += 1
        status, body = self.refusal or (
            200,
            {"access_token": f"ya29-token-{self.given}", "expires_in": self.life},
        )
        data = json.dumps(body).encode()
        exchange.head(
            status, {"content-type": "application/json", "content-length": str(len(data))}
        )
        exchange.write(data)


@pytest.fixture(scope="session")
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    with TokenServer() as server:
        yield server


@pytest.fixture
def account(private_key: str, tokens: TokenServer) -> dict[str, str]:
    return {
        "type": "service_account",
        "project_id": "project-of-the-account",
        "private_key_id": "1",
        "private_key": private_key,
        "client_email": "me@project-of-the-account.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": tokens.url("/token"),
    }


@pytest.fixture
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))  # whoever runs the tests
    monkeypatch.setenv("NO_GCE_CHECK", "true")  # no look at the network for a cloud around us
    monkeypatch.setenv("PATH", str(tmp_path))  # nor at gcloud for a project


@pytest.fixture
def logged_in(
    nothing_set: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, account: dict[str, str]
) -> None:
    file = tmp_path / "account.json"
    file.write_text(json.dumps(account))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
