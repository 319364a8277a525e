"""Vendors, gateways and servers that speak Chat Completions: where they are, how they differ.

Data alone, and light to import. Where a fact comes from stands beside it, with year and month.
"Recorded" is traffic of theirs that was read, and "LiteLLM" is the code or the list of models of
its version 1.106 (2026-11). "Docs", which is also what a bare address means, are the vendor's own
as known at the end of 2025, and were not read again for this. What is called unsure has no other
witness.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from mirascope.llm.providers.capabilities import Capabilities, Fact, Knowledge
from mirascope.llm.providers.openai.models import scoped_capabilities
from mirascope.llm.providers.openai.quirks import (
    COMPATIBLE,
    EMBEDDINGS,
    ChatQuirks,
    EmbeddingQuirks,
)

__all__ = ["COMPATIBLE_VENDORS", "OPEN_WEIGHTS", "CompatibleVendor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompatibleVendor:
    """A vendor that speaks Chat Completions; see `ProviderRow` for what a row makes of it."""

    id: str
    name: str
    base_url: str = ""
    locate: Callable[[], str] | None = None
    base_url_env: tuple[str, ...] = ()
    """Variables for another base URL; ``<ID>_BASE_URL`` when empty."""
    key_env: tuple[str, ...]
    key_required: bool = True
    scopes: tuple[str, ...] = ()
    """Prefixes of model ids beside its id."""
    example: str
    """One of its models, by its own name."""
    models_path: str | None = "/models"
    """Where its list of models is, below the base URL or relative to it; None where none is."""
    differs: ChatQuirks = COMPATIBLE
    embeddings: EmbeddingQuirks = EMBEDDINGS
    knows: tuple[Fact, ...] = ()
    """What is known of its models."""
    otherwise: Callable[[str], Capabilities] | None = None
    """What is known where that says nothing."""

    @property
    def quirks(self) -> ChatQuirks:
        """How it differs, what is known of its models included."""
        if not self.knows and self.otherwise is None:
            return self.differs
        more = {} if self.otherwise is None else {"otherwise": self.otherwise}
        return replace(self.differs, capabilities=Knowledge(self.knows, **more))


_SEES = r"vl\b|vision|omni|multimodal"
"""Names of a family's models that can see say so."""


def _no_images(models: str, date: str, source: str) -> Fact:
    can = Capabilities(images=False, audio=False, video=False)
    return Fact(models=models, unless=_SEES, can=can, date=date, source=source)


OPEN_WEIGHTS = (
    _no_images(r"gpt-oss", "2025-08", "https://huggingface.co/openai/gpt-oss-120b"),
    _no_images(
        r"llama-?(v?3[.p][13])-",
        "2025-01",
        "https://huggingface.co/meta-llama/Llama-3.3-70B-Instruct, and 3.1 likewise",
    ),
    _no_images(
        r"deepseek-(r1|v3(\.\d|p\d)?)(-|$)", "2025-12", "https://huggingface.co/deepseek-ai"
    ),
    _no_images(r"qwq-|qwen-?3-(235b|30b|32b|coder|next)", "2025-12", "https://huggingface.co/Qwen"),
    _no_images(r"kimi-k2-(instruct|thinking|0905)", "2025-12", "https://huggingface.co/moonshotai"),
    _no_images(r"glm-4([.p]\d)(?!v)", "2025-12", "https://huggingface.co/zai-org"),
    _no_images(r"mixtral-8x", "2024-04", "https://huggingface.co/mistralai"),
)
"""Models that anybody may host, and that are the same wherever they are."""


def _takes(date: str, source: str, models: str = "", **can: Any) -> Fact:  # Any: by field
    return Fact(models=models, can=Capabilities(**can), date=date, source=source)


_SWITCH = ("none", "low", "medium", "high")
_EFFORT = replace(COMPATIBLE, thinking="effort")
_TEMPLATE = replace(COMPATIBLE, thinking="template")


def _account_of_cloudflare() -> str:
    account = os.environ.get("CLOUDFLARE_ACCOUNT_ID")
    if not account:
        raise ValueError(
            "Cloudflare's address has the account in it: set CLOUDFLARE_ACCOUNT_ID, or "
            "WORKERS_AI_BASE_URL."
        )
    if not account.isalnum():  # it would lead elsewhere, key included
        raise ValueError("CLOUDFLARE_ACCOUNT_ID has to be letters and digits.")
    return f"https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1"


COMPATIBLE_VENDORS = (
    # --- vendors that host models, mostly open ones
    CompatibleVendor(
        id="fireworks",
        name="Fireworks",
        base_url="https://api.fireworks.ai/inference/v1",
        key_env=("FIREWORKS_API_KEY",),
        example="accounts/fireworks/models/gpt-oss-120b",
        differs=replace(_EFFORT, top_k=True),
        knows=(
            *OPEN_WEIGHTS,
            _takes(
                "2025-12",
                "docs.fireworks.ai/structured-responses; efforts by docs, those of a model unsure",
                json_schema=True,
                json_object=True,
                efforts=_SWITCH,
            ),
        ),
    ),
    CompatibleVendor(
        id="cerebras",
        name="Cerebras",
        base_url="https://api.cerebras.ai/v1",
        key_env=("CEREBRAS_API_KEY",),
        example="gpt-oss-120b",
        # Thoughts come as `reasoning` (recorded 2026-05).
        differs=_EFFORT,
        knows=(
            _takes(
                "2025-12",
                "inference-docs.cerebras.ai/capabilities/reasoning",
                models="gpt-oss",
                efforts=("low", "medium", "high"),
            ),
            *OPEN_WEIGHTS,
            _takes(
                "2025-12",
                "inference-docs.cerebras.ai/capabilities/structured-outputs; other models have "
                "switches of their own for thinking, which go through extra_body",
                json_schema=True,
                json_object=True,
                efforts=(),
            ),
        ),
    ),
    CompatibleVendor(
        id="nvidia",
        name="NVIDIA",
        base_url="https://integrate.api.nvidia.com/v1",
        key_env=("NVIDIA_API_KEY", "NVIDIA_NIM_API_KEY"),
        example="openai/gpt-oss-120b",
        embeddings=EmbeddingQuirks(
            tasks=(("query", "query"), ("document", "passage")), default_task="document"
        ),
        # Docs: chat_template_kwargs; which names a template knows differs by model, unsure.
        differs=_TEMPLATE,
        knows=OPEN_WEIGHTS,
    ),
    CompatibleVendor(
        id="huggingface",
        name="Hugging Face",
        base_url="https://router.huggingface.co/v1",
        key_env=("HF_TOKEN",),
        example="openai/gpt-oss-120b",
        knows=OPEN_WEIGHTS,
    ),
    CompatibleVendor(
        id="sambanova",
        name="SambaNova",
        base_url="https://api.sambanova.ai/v1",
        key_env=("SAMBANOVA_API_KEY",),
        example="gpt-oss-120b",
        # LiteLLM: no seed, top_k, content of text only as a string. Docs: chat_template_kwargs,
        # unsure for which models.
        differs=replace(_TEMPLATE, top_k=True, seed_field=None, plain_text=True),
        knows=OPEN_WEIGHTS,
    ),
    CompatibleVendor(
        id="novita",
        name="Novita",
        base_url="https://api.novita.ai/v3/openai",
        key_env=("NOVITA_API_KEY",),
        example="openai/gpt-oss-120b",
        # Recorded behind OpenRouter: an answer may end without a finish reason. Docs:
        # enable_thinking, unsure for which models.
        differs=replace(COMPATIBLE, thinking="flag", top_k=True, done_alone=True),
        knows=OPEN_WEIGHTS,
    ),
    CompatibleVendor(
        id="deepinfra",
        name="DeepInfra",
        base_url="https://api.deepinfra.com/v1/openai",
        key_env=("DEEPINFRA_API_KEY", "DEEPINFRA_TOKEN"),
        example="openai/gpt-oss-120b",
        # deepinfra.com/docs/advanced/function_calling and LiteLLM: tool_choice is auto or none.
        differs=replace(_EFFORT, forced_calls=False),
        knows=(
            *OPEN_WEIGHTS,
            _takes(
                "2026-11",
                "deepinfra.com/docs/advanced/json_mode",
                json_object=True,
                efforts=_SWITCH,
            ),
        ),
    ),
    CompatibleVendor(
        id="hyperbolic",
        name="Hyperbolic",
        base_url="https://api.hyperbolic.xyz/v1",
        key_env=("HYPERBOLIC_API_KEY",),
        example="meta-llama/Llama-3.3-70B-Instruct",
        knows=OPEN_WEIGHTS,
    ),
    CompatibleVendor(
        id="workers-ai",
        name="Cloudflare Workers AI",
        locate=_account_of_cloudflare,
        key_env=("CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_KEY"),
        scopes=("cloudflare/",),
        example="@cf/openai/gpt-oss-120b",
        embeddings=EmbeddingQuirks(max_texts=100),
        models_path="../models/search?per_page=100",
        knows=OPEN_WEIGHTS,
    ),
    # --- vendors of models of their own
    CompatibleVendor(
        id="perplexity",
        name="Perplexity",
        base_url="https://api.perplexity.ai",
        key_env=("PERPLEXITY_API_KEY",),
        example="sonar-pro",
        models_path=None,
        # Recorded 2026-02 to 2026-08: usage in every chunk without being asked for, no [DONE],
        # `citations` and `search_results` beside the choices. LiteLLM: no stream_options, no seed.
        differs=replace(_EFFORT, stream_options=False, seed_field=None, echo_reasoning="never"),
        knows=(
            _takes(
                "2025-12",
                "docs.perplexity.ai/api-reference/chat-completions-post: reasoning_effort",
                models="deep-research|reasoning",
                efforts=("minimal", "low", "medium", "high"),
            ),
            _takes(
                "2026-11",
                "LiteLLM, for tools; docs.perplexity.ai/guides/structured-outputs",
                models="^sonar",
                tools=False,
                audio=False,
                json_schema=True,
                efforts=(),
            ),
        ),
    ),
    CompatibleVendor(
        id="moonshot",
        name="Moonshot",
        base_url="https://api.moonshot.ai/v1",
        key_env=("MOONSHOT_API_KEY",),
        example="kimi-k2.6",
        # LiteLLM, from platform.moonshot.ai/docs: tool_choice has no "required"; a turn that calls
        # tools needs reasoning_content where the model thinks, a blank will do; content of text
        # only as a string. Recorded 2026-08: reasoning_content. Docs: thinking is on or off.
        differs=replace(
            COMPATIBLE,
            thinking="switch",
            forced_calls=False,
            plain_text=True,
            blank_reasoning=True,
        ),
        knows=(
            _takes(
                "2026-11",
                "LiteLLM: thinking models refuse any temperature but their own",
                models=r"^kimi-k(2\.|3|2-thinking)",
                sampling=False,
            ),
            _takes(
                "2026-11",
                "LiteLLM's list of models, where only the -vision ones see",
                models=r"^moonshot-v1-(?!.*vision)",
                images=False,
            ),
            _takes(
                "2026-11",
                "LiteLLM, its list of models and its code: video_url",
                models=r"^kimi-(k2\.[5-9]|k[3-9])",
                video=True,
            ),
            *OPEN_WEIGHTS,
            _takes("2025-12", "platform.moonshot.ai/docs: JSON mode", json_object=True),
        ),
    ),
    CompatibleVendor(
        id="zai",
        name="Z.ai",
        base_url="https://api.z.ai/api/paas/v4",
        key_env=("ZAI_API_KEY",),
        example="glm-4.7",
        # Recorded 2026-07: `thinking` of type enabled, stream_options, reasoning_content; the
        # finish reasons "sensitive" and "network_error" are in the docs. LiteLLM: no seed.
        differs=replace(COMPATIBLE, thinking="switch", seed_field=None),
        knows=(
            *OPEN_WEIGHTS,
            _takes(
                "2025-12",
                "docs.z.ai/api-reference/llm/chat-completion: text or json_object",
                json_schema=False,
                json_object=True,
            ),
        ),
    ),
    CompatibleVendor(
        id="qwen",
        name="Qwen (Alibaba Model Studio)",
        base_url="https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
        base_url_env=("QWEN_BASE_URL", "DASHSCOPE_BASE_URL"),  # keys belong to one region
        key_env=("DASHSCOPE_API_KEY",),
        scopes=("dashscope/",),
        example="qwen-plus",
        embeddings=EmbeddingQuirks(max_texts=10),
        # Recorded 2026-02: reasoning_content, usage in a chunk of its own when asked for. Docs:
        # enable_thinking; some open models are refused with thinking unless streamed.
        differs=replace(COMPATIBLE, thinking="flag", top_k=True),
        knows=(
            _takes(
                "2026-11",
                "LiteLLM's list of models: neither these nor their dated versions see",
                models=r"^(qwen-(max|plus|turbo|flash|coder)|qwen3-(max|coder)|qwq)",
                images=False,
            ),
            _takes(
                "2026-11",
                "LiteLLM's list of models, for qwen3.8; the others by docs: video_url in "
                "alibabacloud.com/help/en/model-studio/vision",
                models=r"vl\b|vl-|omni|qvq|^qwen3\.[5-9]",
                video=True,
            ),
            *OPEN_WEIGHTS,
        ),
    ),
    # --- gateways
    CompatibleVendor(
        id="github-models",
        name="GitHub Models",
        base_url="https://models.github.ai/inference",
        key_env=("GITHUB_TOKEN",),
        scopes=("github/",),
        example="openai/gpt-4.1-mini",
        models_path="../catalog/models",
        differs=_EFFORT,
        knows=OPEN_WEIGHTS,
        otherwise=scoped_capabilities,
    ),
    CompatibleVendor(
        id="vercel",
        name="Vercel AI Gateway",
        base_url="https://ai-gateway.vercel.sh/v1",
        key_env=("AI_GATEWAY_API_KEY", "VERCEL_OIDC_TOKEN"),
        example="anthropic/claude-sonnet-4.5",
        # vercel.com/docs/ai-gateway/openai-compat (2025-12, unsure): `reasoning`, as OpenRouter.
        differs=replace(COMPATIBLE, thinking="reasoning", echo_reasoning="always"),
        knows=OPEN_WEIGHTS,
        otherwise=scoped_capabilities,
    ),
    # --- servers of one's own: names of models are whatever their owner calls them
    CompatibleVendor(
        id="litellm",
        name="LiteLLM proxy",
        base_url="http://localhost:4000/v1",
        base_url_env=("LITELLM_BASE_URL", "LITELLM_PROXY_API_BASE"),
        key_env=("LITELLM_PROXY_API_KEY",),
        key_required=False,
        example="gpt-5-mini",
        # docs.litellm.ai/docs/reasoning_content (2025-12): thoughts as reasoning_content, and as
        # thinking_blocks with signatures, which it wants back.
        differs=_EFFORT,
    ),
    CompatibleVendor(
        id="vllm",
        name="vLLM",
        base_url="http://localhost:8000/v1",
        key_env=("VLLM_API_KEY",),
        key_required=False,
        example="Qwen/Qwen3-8B",
        # docs.vllm.ai/en/latest/features/reasoning_outputs.html (2025-12): chat_template_kwargs;
        # thoughts as reasoning_content, as `reasoning` since 0.12.
        differs=replace(_TEMPLATE, top_k=True),
        knows=(
            _takes(
                "2025-12",
                "docs.vllm.ai/en/latest/features/structured_outputs.html",
                json_schema=True,
                json_object=True,
            ),
            _takes(
                "2026-11",
                "LiteLLM; docs.vllm.ai/en/latest/features/multimodal_inputs.html: video_url",
                video=True,
            ),
        ),
    ),
    CompatibleVendor(
        id="llamacpp",
        name="llama.cpp",
        base_url="http://localhost:8080/v1",
        key_env=("LLAMA_API_KEY",),  # as llama-server itself reads it
        key_required=False,
        example="qwen3-8b",
        # Recorded 2026: stream_options, reasoning_content, `timings` beside the choices.
        # github.com/ggml-org/llama.cpp/tree/master/tools/server (2025-12): chat_template_kwargs.
        differs=replace(_TEMPLATE, top_k=True),
        knows=(
            _takes(
                "2025-12",
                "github.com/ggml-org/llama.cpp/tree/master/tools/server: response_format",
                json_schema=True,
                json_object=True,
            ),
        ),
    ),
    CompatibleVendor(
        id="lmstudio",
        name="LM Studio",
        base_url="http://localhost:1234/v1",
        key_env=("LM_API_TOKEN", "LM_STUDIO_API_KEY"),
        key_required=False,
        example="qwen/qwen3-8b",
        differs=_EFFORT,
        knows=(
            _takes(
                "2025-12",
                "lmstudio.ai/docs/app/api/structured-output; efforts are those of gpt-oss, unsure",
                json_schema=True,
                efforts=("low", "medium", "high"),
            ),
        ),
    ),
)
