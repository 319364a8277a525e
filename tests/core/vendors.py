"""The vendors under test: their models, SDK chunk types and redirects."""

from __future__ import annotations

import importlib
import importlib.util
import os
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

# litellm fetches a price list at import unless told not to.
os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")


@dataclass(frozen=True)
class V1Vendor:
    """One vendor of the guide.

    Attributes:
        name: The module under `mirascope.core`.
        model: The guide's model id.
        sdk: The SDK module that must be importable.
        chunk: Where the SDK's chunk class is.
        pairs: The number of chunks of the plain script.
        id: The id a stream reports.
        tokens: Input, cached and output tokens a stream reports.
        reason: The vendor's own finish reason of a plain answer.
    """

    name: str
    model: str
    sdk: str
    chunk: str
    pairs: int
    id: str | None
    tokens: tuple[float, float | None, float]
    reason: str

    @property
    def installed(self) -> bool:
        try:
            return importlib.util.find_spec(self.sdk) is not None
        except ModuleNotFoundError:
            return False

    def module(self) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(f"mirascope.core.{self.name}")

    def chunk_type(self) -> Any:
        module, _, name = self.chunk.rpartition(".")
        try:
            return getattr(importlib.import_module(module), name)
        except ModuleNotFoundError:
            # Since mistralai 2.0.
            return getattr(importlib.import_module("mistralai.client.models"), name)


OPENAI_CHUNK = "openai.types.chat.ChatCompletionChunk"
VENDORS = (
    V1Vendor("openai", "gpt-4o-mini", "openai", OPENAI_CHUNK, 6, "chatcmpl-1", (10, 4, 5), "stop"),
    V1Vendor(
        "anthropic",
        "claude-3-5-sonnet-20240620",
        "anthropic",
        "",
        8,
        "msg_1",
        (10, 4, 5),
        "end_turn",
    ),
    V1Vendor(
        "mistral",
        "mistral-large-latest",
        "mistralai",
        "mistralai.models.CompletionChunk",
        5,
        "chatcmpl-1",
        (10, None, 5),
        "stop",
    ),
    V1Vendor(
        "gemini",
        "gemini-1.5-flash",
        "google.generativeai",
        "google.generativeai.types.GenerateContentResponse",
        3,
        None,
        (10, None, 5),
        "STOP",
    ),
    V1Vendor(
        "groq",
        "llama-3.1-70b-versatile",
        "groq",
        "groq.types.chat.ChatCompletionChunk",
        6,
        "chatcmpl-1",
        (10, 4, 5),
        "stop",
    ),
    V1Vendor(
        "cohere",
        "command-r-plus",
        "cohere",
        "",
        5,
        "g1",
        (10.0, None, 5.0),
        "COMPLETE",
    ),
    V1Vendor(
        "litellm",
        "gpt-4o-mini",
        "litellm",
        "litellm.types.utils.ModelResponseBase",
        6,
        "chatcmpl-1",
        (10, 4, 5),
        "stop",
    ),
    V1Vendor(
        "azure",
        "gpt-4o-mini",
        "azure.ai.inference",
        "azure.ai.inference.models.StreamingChatCompletionsUpdate",
        6,
        "chatcmpl-1",
        (10, 4, 5),
        "stop",
    ),
    V1Vendor(
        "vertex",
        "gemini-1.5-flash",
        "vertexai",
        "vertexai.generative_models.GenerationResponse",
        3,
        None,
        (10, None, 5),
        "STOP",
    ),
    V1Vendor(
        "bedrock",
        "anthropic.claude-3-haiku-20240307-v1:0",
        "aiobotocore",  # boto3 alone comes with other vendors' SDKs too
        "builtins.dict",
        7,
        "req-1",
        (10, None, 5),
        "end_turn",
    ),
    V1Vendor(
        "google",
        "gemini-1.5-flash",
        "google.genai",
        "google.genai.types.GenerateContentResponse",
        3,
        None,
        (10, None, 5),
        "STOP",
    ),
    V1Vendor("xai", "grok-3", "openai", OPENAI_CHUNK, 6, "chatcmpl-1", (10, 4, 5), "stop"),
)
BY_NAME = {vendor.name: vendor for vendor in VENDORS}


def each(*names: str) -> Any:
    """Run a test for vendors, skipping those whose SDK is not installed."""
    import pytest  # here, because `ranges` uses this module where nothing but one SDK is installed

    chosen = [BY_NAME[name] for name in names] if names else VENDORS
    return pytest.mark.parametrize(
        "vendor",
        [
            pytest.param(
                vendor,
                id=vendor.name,
                marks=pytest.mark.skipif(
                    not vendor.installed, reason=f"{vendor.sdk} is not installed"
                ),
            )
            for vendor in chosen
        ],
    )


def environment(url: str) -> dict[str, str]:
    """The variables by which the SDKs themselves are turned elsewhere."""
    return {
        "OPENAI_API_KEY": "k",
        "OPENAI_BASE_URL": f"{url}/v1",
        "OPENAI_API_BASE": f"{url}/v1",  # what litellm read before it read the other
        "ANTHROPIC_API_KEY": "k",
        "ANTHROPIC_BASE_URL": url,
        "MISTRAL_API_KEY": "k",
        "MISTRAL_SERVER_URL": url,
        "GROQ_API_KEY": "k",
        "GROQ_BASE_URL": url,
        "CO_API_KEY": "k",
        "CO_API_URL": url,
        "AZURE_INFERENCE_ENDPOINT": url,
        "AZURE_INFERENCE_CREDENTIAL": "k",
        "GOOGLE_API_KEY": "k",
        "GOOGLE_GEMINI_BASE_URL": url,
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": url,
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "s",
        "AWS_DEFAULT_REGION": "us-east-1",
        "XAI_API_KEY": "k",
        "XAI_BASE_URL": f"{url}/v1",
    }


def redirect(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(url).items():
        monkeypatch.setenv(name, value)
    configure(url)


def configure(url: str) -> None:
    """Redirect the two SDKs that are configured by a call."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if BY_NAME["gemini"].installed:
            import google.generativeai as generativeai

            generativeai.configure(
                api_key="k", transport="rest", client_options={"api_endpoint": url}
            )
        if BY_NAME["vertex"].installed:
            import vertexai
            from google.auth.credentials import AnonymousCredentials

            vertexai.init(
                project="p",
                location="us-central1",
                api_endpoint=url,
                api_transport="rest",
                credentials=AnonymousCredentials(),
            )
