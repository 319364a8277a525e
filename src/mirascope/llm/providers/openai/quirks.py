"""How servers that speak OpenAI's wires differ from OpenAI."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from mirascope.llm.providers.capabilities import Capabilities, Fact, Knowledge
from mirascope.llm.providers.openai import models

__all__ = [
    "AZURE",
    "AZURE_RESPONSES",
    "COMPATIBLE",
    "DEEPSEEK",
    "EMBEDDINGS",
    "FOUNDRY",
    "FOUNDRY_EMBEDDINGS",
    "GROQ",
    "MISTRAL",
    "MISTRAL_EMBEDDINGS",
    "NAMES_OPENAI_BARE",
    "NAMES_OPENAI_BY_SCOPE",
    "OLLAMA",
    "OPENAI",
    "OPENAI_EMBEDDINGS",
    "OPENAI_RESPONSES",
    "OPENROUTER",
    "XAI",
    "ChatQuirks",
    "EmbeddingQuirks",
    "ResponsesQuirks",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # each request looks its codec up
class ChatQuirks:
    """How a server differs from OpenAI's own; the defaults are OpenAI."""

    capabilities: Callable[[str], Capabilities] = models.capabilities
    """What its models can do, by name."""
    mode_suffix: str = ":completions"
    """What is added to the model name recorded on messages."""
    strict_tools: bool = True
    """Whether tools that do not say are strict; if not, ``strict`` is only sent when it is on."""
    max_tokens_field: str | None = None
    """None: the one that the model takes; only OpenAI has two."""
    seed_field: str | None = "seed"
    """None where a server has none."""
    top_k: bool = False
    stream_options: bool = True
    """Whether usage has to be asked for; a few servers refuse the field and send usage anyway."""
    forced_calls: bool = True
    """Whether a call of a tool, or of one of them, can be demanded; else the model may answer."""
    plain_text: bool = False
    """Whether text in several parts goes as one string, for servers that take no list of them."""
    thinking: Literal["effort", "reasoning", "switch", "flag", "template"] | None = "effort"
    """How a thinking level is said: ``reasoning_effort``, OpenRouter's ``reasoning`` object, a
    ``thinking`` of type enabled or disabled, an ``enable_thinking``, the same among the
    ``chat_template_kwargs`` along with the effort, or not at all. Models with a
    `Capabilities.prompt_mode` have their own way."""
    blank_reasoning: bool = False
    """Whether a turn that calls tools is refused without ``reasoning_content``, so that one which
    came from elsewhere, and has none, gets a blank."""
    required: str = "required"
    """The word for a choice of tools that demands a call of any."""
    call_id_length: int | None = None
    """How long ids of calls have to be, where they may hold letters and digits only; others are
    then replaced, each by the same one always."""
    documents: Literal["file", "document_url"] = "file"
    """How documents are sent: as files with their data, or as URLs, which may hold the data."""
    audio: Literal["object", "data"] = "object"
    """Whether audio is an object with its data and format, or the data alone."""
    echo_reasoning: Literal["never", "tool_turns", "always"] = "never"
    """In which of its own earlier turns the server wants its reasoning fields back."""
    prefix: bool = False
    """Whether a last message of the model with ``"prefix": true`` is gone on with. The answer then
    begins with it: https://docs.mistral.ai/guides/prefix (2025-12)."""
    headers: tuple[tuple[str, str], ...] = ()
    """What it wants to hear beside the body, names in lower case."""
    done_alone: bool = False
    """Whether ``[DONE]`` without a finish reason ends a whole answer; elsewhere it is a cut one.
    OpenRouter passes on what vendors behind it send, and Novita leaves the finish reason out."""


OPENAI = ChatQuirks()

COMPATIBLE = ChatQuirks(
    capabilities=models.unknown_capabilities,
    mode_suffix="",
    strict_tools=False,
    thinking=None,
    echo_reasoning="tool_turns",
)
"""A server of which nothing is known but that it speaks this wire. DeepSeek, Moonshot and others
demand reasoning back in turns that call tools; a server that sent such fields accepts them."""

NAMES_OPENAI_BY_SCOPE = replace(COMPATIBLE, capabilities=models.scoped_capabilities)
"""A gateway that calls OpenAI's models ``openai/...``."""
AZURE = replace(
    COMPATIBLE,
    capabilities=models.azure_capabilities,
    mode_suffix=":completions",
    thinking="effort",
)
"""Azure OpenAI, where a deployment may have any name. What its models can do is told from the names
of those that are called like their models."""
FOUNDRY = replace(
    COMPATIBLE,
    capabilities=models.azure_capabilities,
    thinking="effort",
    headers=(("extra-parameters", "pass-through"),),
)
"""The model inference API of Azure AI Foundry, with the models of many vendors. It refuses fields
that it has no word for, ``stream_options`` among them, unless it is told to pass them on:
https://learn.microsoft.com/rest/api/aifoundry/modelinference (2026-01)."""
NAMES_OPENAI_BARE = replace(COMPATIBLE, capabilities=models.bare_capabilities)
"""A gateway that calls OpenAI's models by OpenAI's names."""
OPENROUTER = replace(
    COMPATIBLE,
    capabilities=Knowledge(
        (
            Fact(
                unless=r"^~?(openai|anthropic)/",  # whose wires have no video
                can=Capabilities(video=True),
                date="2025-12",
                source="https://openrouter.ai/docs/features/multimodal/videos: video_url",
            ),
        ),
        models.scoped_capabilities,
    ),
    thinking="reasoning",
    echo_reasoning="always",
    top_k=True,
    done_alone=True,
)
DEEPSEEK = replace(COMPATIBLE, thinking="switch")
GROQ = replace(COMPATIBLE, thinking="effort")
OLLAMA = replace(
    COMPATIBLE,
    thinking="effort",
    capabilities=Knowledge(
        (
            Fact(
                can=Capabilities(efforts=("none", "low", "medium", "high")),
                date="2025-12",
                source="https://docs.ollama.com/api/openai-compatibility; others are refused",
            ),
        )
    ),
)
"""Thoughts come as ``reasoning``; in the API of its own, as ``thinking``."""
MISTRAL = replace(
    COMPATIBLE,
    capabilities=models.mistral_capabilities,
    seed_field="random_seed",
    stream_options=False,
    thinking="effort",
    echo_reasoning="never",
    prefix=True,
    required="any",
    call_id_length=9,
    documents="document_url",
    audio="data",
)
"""https://docs.mistral.ai/api/endpoint/chat (2025-12); unknown fields are refused with 422. What
its models think is in the content, and goes back there."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # each request looks its codec up
class ResponsesQuirks:
    """How a server's Responses API differs from OpenAI's own; the defaults are OpenAI."""

    capabilities: Callable[[str], Capabilities] = models.capabilities
    """What its models can do, by name."""
    mode_suffix: str = ":responses"
    """What is added to the model name recorded on messages."""
    strict_tools: bool = True
    """Whether tools that do not say are strict; if not, ``strict`` is only sent when it is on."""
    allowed_tools: bool = True
    """Whether a choice among several tools can be demanded; otherwise any call will do."""
    counts: bool = True
    """Whether it counts the tokens of a request."""
    computer: bool = True
    """Whether its models can use a computer."""


OPENAI_RESPONSES = ResponsesQuirks()
AZURE_RESPONSES = ResponsesQuirks(capabilities=models.azure_capabilities, counts=False)
XAI = ResponsesQuirks(
    capabilities=models.xai_capabilities, allowed_tools=False, counts=False, computer=False
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingQuirks:
    """How a server's embeddings differ; the defaults are one of which nothing is known."""

    max_texts: int = 128
    """The most texts of one request."""
    max_tokens: int | None = None
    """The most tokens of one request's texts together."""
    base64: bool = False
    """Whether vectors are asked for in base64: a quarter of the bytes, and the time. It is read
    wherever it comes."""
    dimensions_field: str = "dimensions"
    tasks: tuple[tuple[str, str], ...] = ()
    """What vectors may be for, by our names, in the words of its ``input_type``; empty where it
    has no such field."""
    default_task: str | None = None
    """What is said where the caller does not, and something has to be."""


EMBEDDINGS = EmbeddingQuirks()
OPENAI_EMBEDDINGS = EmbeddingQuirks(max_texts=2048, max_tokens=300_000, base64=True)
"""https://platform.openai.com/docs/api-reference/embeddings/create (2025-12)."""
FOUNDRY_EMBEDDINGS = EmbeddingQuirks(tasks=(("query", "query"), ("document", "document")))
"""https://learn.microsoft.com/rest/api/aifoundry/modelinference/get-embeddings (2026-01)."""
MISTRAL_EMBEDDINGS = EmbeddingQuirks(max_tokens=16_384, dimensions_field="output_dimension")
"""https://docs.mistral.ai/api/endpoint/embeddings (2025-12). 257 texts were refused as too many
(recorded 2026-05); how many are not is not documented."""
