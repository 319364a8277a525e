"""Who is who: a vendor is a row, not a class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from mirascope.llm.messages import Message
from mirascope.llm.providers.codec import Codec
from mirascope.llm.providers.compatible import COMPATIBLE_VENDORS, CompatibleVendor
from mirascope.llm.providers.google.quirks import VERTEX
from mirascope.llm.providers.openai import quirks
from mirascope.llm.providers.openai.models import openai_route
from mirascope.llm.providers.openai.quirks import ChatQuirks, EmbeddingQuirks
from mirascope.llm.providers.signers import HeaderKey, Signer, bearer

if TYPE_CHECKING:
    from mirascope.llm.providers.embedding import EmbeddingCodec

__all__ = ["ROWS", "ProviderRow"]

Router = Callable[[str, Sequence[Message]], Codec]
Embedder: TypeAlias = "Callable[[str], EmbeddingCodec | None]"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRow:
    """What is needed to talk to a vendor."""

    id: str
    name: str = ""
    """What people call the vendor."""
    example: str = ""
    """The id of one of its models."""
    route: Router
    """The codec for a model id and messages."""
    base_url: str = ""
    """The vendor's address; empty where each account has its own."""
    locate: Callable[[], str] | None = None
    """Returns the base URL of an account's own address, from the region, the project or whatever
    else the environment says of it; called when no base URL was given."""
    base_url_env: tuple[str, ...] = ()
    """Variables that hold another base URL; the first that is set counts."""
    host_env: tuple[str, ...] = ()
    """Variables that hold only the host and port of another base URL, scheme and path being as in
    this one where they are missing."""
    key_env: tuple[str, ...] = ()
    """Variables that hold the key; the first that is set counts."""
    key_required: bool = True
    """Whether a request without a key is refused. It never is when a base URL was given."""
    auth: Callable[[str | None], Signer] = bearer
    """The signer for a key."""
    credentials: Callable[[object], Signer] | None = None
    """The signer for what a user gives in place of a key: an object of the vendor's own library, or
    a function that returns a token. None stands for what is found on this machine, which is used
    where no key is."""
    base_for: Callable[[str, str, str], str] | None = None
    """Returns the base URL for one request, from the one that was given or found, the request's
    path and the vendor's name of the model; where the model is part of the address, say."""
    scopes: tuple[str, ...] = ()
    """Model id prefixes that belong to this vendor."""
    models_path: str | None = None
    """Where the vendor's list of models is, below the base URL or relative to it, if it has one."""
    embeddings: Embedder | None = None
    """The codec for a model's embeddings, by the vendor's name of it; None where it has none."""
    strip: Literal["first_segment", "own_scope"] = "own_scope"
    """What of a model id is not part of the vendor's name for the model: everything up to the first
    slash, or only the vendor's own scope, for gateways whose model names hold slashes."""


def _late(module: str, name: str) -> Callable[..., Any]:
    """Return a class or a function below this package, to be called, that is imported then.

    So one vendor's user never loads what is another's. Quirks are data, and light.
    """

    def call(*args: object, **options: object) -> Any:
        return getattr(import_module(f"mirascope.llm.providers.{module}"), name)(*args, **options)

    return call


_chat_codec: Callable[..., Codec] = cache(_late("openai.chat", "OpenAIChatCodec"))
_responses_codec: Callable[..., Codec] = cache(_late("openai.responses", "OpenAIResponsesCodec"))
_anthropic_codec = cache(_late("anthropic.codec", "AnthropicCodec"))
_vertex_anthropic_codec = cache(_late("vertex.anthropic", "VertexAnthropicCodec"))
_google_codec = cache(_late("google.codec", "GoogleCodec"))
_cohere_codec = cache(_late("cohere.codec", "CohereCodec"))
_converse_codec = cache(_late("bedrock.codec", "ConverseCodec"))
_invoke_codec = cache(_late("bedrock.invoke", "InvokeCodec"))
_openai_embeddings = cache(_late("openai.embeddings", "OpenAIEmbeddings"))
_gemini_embeddings = _late("google.embeddings", "GeminiEmbeddings")
_cohere_embeddings = _late("cohere.embeddings", "CohereEmbeddings")


def _always(make: Callable[..., Any], *args: object, **options: object) -> Callable[..., Any]:
    """Return what makes the same of them, whatever model is asked for."""

    def made(*asked: object) -> Any:
        return make(*args, **options)

    return made


def _chat(model_id: str, messages: Sequence[Message]) -> Codec:
    # Another scope means another server, registered with its own base URL.
    return _chat_codec(quirks.OPENAI if model_id.startswith("openai/") else quirks.COMPATIBLE)


def _openai(model_id: str, messages: Sequence[Message]) -> Codec:
    if openai_route(model_id, messages) == "responses":
        return _responses_codec(quirks.OPENAI_RESPONSES)
    return _chat(model_id, messages)


def _azure(model_id: str, messages: Sequence[Message]) -> Codec:
    # A deployment's name does not tell its model, and all of them have Chat Completions.
    if model_id.endswith(":responses"):
        return _responses_codec(quirks.AZURE_RESPONSES)
    return _chat_codec(quirks.AZURE)


def _of_vertex(
    id: str,
    name: str,
    example: str,
    route: Router,
    version: str,
    below: str = "",
    embeddings: Embedder | None = None,
) -> ProviderRow:
    """Return the row of one of the wires of Vertex AI."""
    return ProviderRow(
        id=id,
        name=name,
        example=f"{id}/{example}",
        route=route,
        embeddings=embeddings,
        locate=partial(_late("vertex.address", "locate"), version, below),
        base_url_env=(f"{id.replace(':', '_').upper()}_BASE_URL",),
        key_env=("VERTEX_API_KEY",),
        key_required=False,
        auth=_late("vertex.credentials", "express_key"),
        credentials=partial(_late("vertex.credentials", "google_credentials"), provider_id=id),
        scopes=(f"{id}/",),
    )


def _of_azure(
    id: str,
    name: str,
    example: str,
    route: Router,
    address: str,
    auth: Callable[[str | None], Signer],
    key_env: tuple[str, ...],
    base_url_env: tuple[str, ...],
    embeddings: EmbeddingQuirks | None = None,
    **more: str,
) -> ProviderRow:
    """Return the row of one of the services of Azure, by the name that its address has there."""
    return ProviderRow(
        id=id,
        name=name,
        example=f"{id}/{example}",
        route=route,
        embeddings=None if embeddings is None else _always(_openai_embeddings, embeddings),
        locate=_late("azure.address", f"locate_{address}"),
        base_for=_late("azure.address", f"{address}_base"),
        base_url_env=base_url_env,
        key_env=key_env,
        key_required=False,
        auth=auth,
        credentials=partial(
            _late("azure.credentials", "entra_credentials"),
            provider_id=id,
            key_env=key_env[0],
            **more,
        ),
        scopes=(f"{id}/",),
    )


def _compatible(
    id: str,
    base_url: str,
    key_env: str,
    differs: ChatQuirks = quirks.COMPATIBLE,
    *,
    name: str,
    example: str,
    embeddings: EmbeddingQuirks = quirks.EMBEDDINGS,
) -> ProviderRow:
    """Return the row of a vendor that speaks OpenAI's Chat Completions, and how it differs."""
    return ProviderRow(
        id=id,
        name=name,
        example=f"{id}/{example}",
        models_path="/models",
        route=_always(_chat_codec, differs),
        embeddings=_always(_openai_embeddings, embeddings),
        base_url=base_url,
        base_url_env=(f"{id.replace('-', '_').upper()}_BASE_URL",),
        key_env=(key_env,),
        scopes=(f"{id}/",),
    )


def _row(vendor: CompatibleVendor) -> ProviderRow:
    """Return the row of a vendor that is written down in `compatible`."""
    usual = (f"{vendor.id.replace('-', '_').upper()}_BASE_URL",)
    return ProviderRow(
        id=vendor.id,
        name=vendor.name,
        example=f"{vendor.id}/{vendor.example}",
        models_path=vendor.models_path,
        route=_always(_chat_codec, vendor.quirks),
        embeddings=_always(_openai_embeddings, vendor.embeddings),
        base_url=vendor.base_url,
        locate=vendor.locate,
        base_url_env=vendor.base_url_env or usual,
        key_env=vendor.key_env,
        key_required=vendor.key_required,
        scopes=(f"{vendor.id}/", *vendor.scopes),
    )


_OPENAI = ProviderRow(
    id="openai",
    name="OpenAI",
    example="openai/gpt-5-mini",
    models_path="/models",
    route=_openai,
    embeddings=_always(_openai_embeddings, quirks.OPENAI_EMBEDDINGS),
    base_url="https://api.openai.com/v1",
    base_url_env=("OPENAI_BASE_URL",),
    key_env=("OPENAI_API_KEY",),
    scopes=("openai/",),
    strip="first_segment",
)

_BEDROCK = ProviderRow(
    id="bedrock",
    name="AWS Bedrock",
    example="bedrock/us.anthropic.claude-sonnet-4-6",
    route=_always(_converse_codec),
    embeddings=_late("bedrock.embeddings", "embedding_codec"),
    locate=_late("bedrock.signer", "bedrock_url"),
    base_url_env=("BEDROCK_BASE_URL", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL"),
    key_env=("AWS_BEARER_TOKEN_BEDROCK",),
    key_required=False,  # AWS has other credentials, too
    auth=_late("bedrock.signer", "aws_auth"),
    scopes=("bedrock/",),
)

ROWS: dict[str, ProviderRow] = {
    row.id: row
    for row in (
        _OPENAI,
        replace(_OPENAI, id="openai:completions", route=_chat),
        replace(
            _OPENAI, id="openai:responses", route=_always(_responses_codec, quirks.OPENAI_RESPONSES)
        ),
        ProviderRow(
            id="anthropic",
            name="Anthropic",
            example="anthropic/claude-sonnet-4-6",
            models_path="/v1/models?limit=1000",
            route=_always(_anthropic_codec),
            base_url="https://api.anthropic.com",
            base_url_env=("ANTHROPIC_BASE_URL",),
            key_env=("ANTHROPIC_API_KEY",),
            auth=partial(HeaderKey, header="x-api-key"),
            scopes=("anthropic/",),
            strip="first_segment",
        ),
        ProviderRow(
            id="google",
            name="Google (Gemini API)",
            example="google/gemini-2.5-flash",
            models_path="/v1beta/models?pageSize=1000",
            route=_always(_google_codec),
            embeddings=_always(_gemini_embeddings),
            base_url="https://generativelanguage.googleapis.com",
            base_url_env=("GOOGLE_GEMINI_BASE_URL",),
            key_env=("GOOGLE_API_KEY", "GEMINI_API_KEY"),
            auth=partial(HeaderKey, header="x-goog-api-key"),
            scopes=("google/",),
            strip="first_segment",
        ),
        _of_vertex(
            "vertex",
            "Vertex AI: Gemini",
            "gemini-2.5-flash",
            _always(_google_codec, VERTEX),
            "v1beta1",
            embeddings=_late("google.embeddings", "VertexEmbeddings"),
        ),
        _of_vertex(
            "vertex:anthropic",
            "Vertex AI: Claude",
            "claude-sonnet-4-6",
            # Which models there enforce a schema is not documented; others refuse the request.
            _always(_vertex_anthropic_codec, enforces_schemas=False),
            "v1",
        ),
        _of_vertex(
            "vertex:openai",
            "Vertex AI: open models",
            "meta/llama-3.3-70b-instruct-maas",
            _always(_chat_codec, quirks.COMPATIBLE),
            "v1",
            "/endpoints/openapi",
        ),
        _of_azure(
            "azure",
            "Azure OpenAI",
            "gpt-4.1-mini",
            _azure,
            "openai",
            partial(HeaderKey, header="api-key"),
            ("AZURE_OPENAI_API_KEY",),
            ("AZURE_BASE_URL",),
            quirks.OPENAI_EMBEDDINGS,
            token_env="AZURE_OPENAI_AD_TOKEN",
        ),
        _of_azure(
            "azure-foundry",
            "Azure AI Foundry",
            "Phi-4",
            _always(_chat_codec, quirks.FOUNDRY),
            "inference",
            _late("azure.credentials", "inference_key"),
            ("AZURE_INFERENCE_CREDENTIAL",),
            ("AZURE_FOUNDRY_BASE_URL",),
            quirks.FOUNDRY_EMBEDDINGS,
        ),
        _of_azure(
            "azure-foundry:anthropic",
            "Azure AI Foundry: Claude",
            "claude-sonnet-4-6",
            # There it is a beta, which a request has to ask for with a header.
            _always(_anthropic_codec, enforces_schemas=False),
            "claude",
            _late("azure.credentials", "claude_key"),
            ("ANTHROPIC_FOUNDRY_API_KEY", "AZURE_INFERENCE_CREDENTIAL"),
            ("ANTHROPIC_FOUNDRY_BASE_URL",),
        ),
        _BEDROCK,
        replace(
            _BEDROCK,
            id="bedrock:anthropic",
            name="AWS Bedrock: Claude",
            example="bedrock:anthropic/us.anthropic.claude-sonnet-4-6",
            route=_always(_invoke_codec),
            embeddings=None,
            scopes=("bedrock:anthropic/",),
        ),
        ProviderRow(
            id="cohere",
            name="Cohere",
            example="cohere/command-a-03-2025",
            models_path="/v1/models?endpoint=chat&page_size=1000",
            route=_always(_cohere_codec),
            embeddings=_always(_cohere_embeddings),
            base_url="https://api.cohere.com",
            base_url_env=("COHERE_BASE_URL", "CO_API_URL"),
            key_env=("CO_API_KEY", "COHERE_API_KEY"),
            scopes=("cohere/",),
        ),
        ProviderRow(
            id="xai",
            name="xAI",
            example="xai/grok-4",
            models_path="/models",
            route=_always(_responses_codec, quirks.XAI),
            base_url="https://api.x.ai/v1",
            base_url_env=("XAI_BASE_URL",),
            key_env=("XAI_API_KEY",),
            scopes=("xai/",),
        ),
        replace(
            _compatible(
                "ollama",
                "http://localhost:11434/v1",
                "OLLAMA_API_KEY",
                quirks.OLLAMA,
                name="Ollama",
                example="qwen3:8b",
            ),
            host_env=("OLLAMA_HOST",),
            key_required=False,
        ),
        _compatible(
            "together",
            "https://api.together.xyz/v1",
            "TOGETHER_API_KEY",
            name="Together",
            example="openai/gpt-oss-120b",
        ),
        _compatible(
            "openrouter",
            "https://openrouter.ai/api/v1",
            "OPENROUTER_API_KEY",
            quirks.OPENROUTER,
            name="OpenRouter",
            example="openai/gpt-5-mini",
        ),
        _compatible(
            "groq",
            "https://api.groq.com/openai/v1",
            "GROQ_API_KEY",
            quirks.GROQ,
            name="Groq",
            example="openai/gpt-oss-120b",
        ),
        _compatible(
            "mistral",
            "https://api.mistral.ai/v1",
            "MISTRAL_API_KEY",
            quirks.MISTRAL,
            embeddings=quirks.MISTRAL_EMBEDDINGS,
            name="Mistral",
            example="mistral-small-latest",
        ),
        _compatible(
            "deepseek",
            "https://api.deepseek.com",
            "DEEPSEEK_API_KEY",
            quirks.DEEPSEEK,
            name="DeepSeek",
            example="deepseek-chat",
        ),
        _compatible(
            "minimax",
            "https://api.minimax.io/v1",
            "MINIMAX_API_KEY",
            name="MiniMax",
            example="MiniMax-M3",
        ),
        _compatible(
            "atlascloud",
            "https://api.atlascloud.ai/v1",
            "ATLASCLOUD_API_KEY",
            quirks.NAMES_OPENAI_BY_SCOPE,
            name="Atlas Cloud",
            example="openai/gpt-5-mini",
        ),
        _compatible(
            "requesty",
            "https://router.requesty.ai/v1",
            "REQUESTY_API_KEY",
            quirks.NAMES_OPENAI_BY_SCOPE,
            name="Requesty",
            example="openai/gpt-5-mini",
        ),
        _compatible(
            "cheaperinference",
            "https://api.cheaperinference.com/v1",
            "CHEAPER_INFERENCE_API_KEY",
            quirks.NAMES_OPENAI_BARE,
            name="CheaperInference",
            example="gpt-5-mini",
        ),
        _compatible(
            "api-route",
            "https://global.api-route.com/v1",
            "API_ROUTE_API_KEY",
            quirks.NAMES_OPENAI_BARE,
            name="API Route",
            example="gpt-5-mini",
        ),
        *map(_row, COMPATIBLE_VENDORS),
    )
}
"""Every vendor that is known by name."""
