"""Entra ID on this machine: a tenant that gives out tokens for a client's secret."""

from __future__ import annotations

import datetime
import ipaddress
import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from azure.identity import ClientSecretCredential
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.loopback import Exchange, Server

SETTINGS = (
    *("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_AD_TOKEN", "AZURE_BASE_URL"),
    *("OPENAI_API_VERSION", "AZURE_INFERENCE_ENDPOINT", "AZURE_INFERENCE_CREDENTIAL"),
    *("AZURE_FOUNDRY_BASE_URL", "ANTHROPIC_FOUNDRY_BASE_URL", "ANTHROPIC_FOUNDRY_API_KEY"),
    *("ANTHROPIC_FOUNDRY_RESOURCE", "AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET"),
)
SECRET = "s3cret-of-the-client"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a certificate for 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "here")])
    now = datetime.datetime.now(datetime.UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "here.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


class Entra(Server):
    """Gives out ``entra-token-1``, ``entra-token-2`` and so on, for `life` seconds each."""

    def __init__(self, certificate: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        super().__init__(tls=context)
        self.certificate = certificate
        self.life = 3600
        self.given = 0
        self.refusal: dict[str, Any] | None = None
        self.route("*", self.give)

    def credential(self, secret: str = SECRET) -> ClientSecretCredential:
        return ClientSecretCredential(
            "tenant",
            "client",
            secret,
            authority=self.url(""),
            disable_instance_discovery=True,
            connection_verify=str(self.certificate),
        )

    def give(self, exchange: Exchange) -> None:
        """Answer with where things are, or with the next token."""
        status = 200
        body: dict[str, Any] = {
            "authorization_endpoint": self.url("/tenant/authorize"),
            "token_endpoint": self.url("/tenant/token"),
            "issuer": self.url("/tenant"),
        }
        if exchange.request.path.endswith("/token"):
            self.given += 1
            asked = parse_qs(exchange.request.body.decode())
            assert asked["scope"] == ["https://cognitiveservices.azure.com/.default"]
            body = {
                "access_token": f"entra-token-{self.given}",
                "expires_in": self.life,
                "token_type": "Bearer",
            }
            if self.refusal is not None:
                status, body = 401, self.refusal
        data = json.dumps(body).encode()
        length = str(len(data))
        exchange.head(status, {"content-type": "application/json", "content-length": length})
        exchange.write(data)


@pytest.fixture
def entra(certificate: Path) -> Iterator[Entra]:
    with Entra(certificate) as server:
        yield server
