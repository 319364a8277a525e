"""The names that spans and metrics use, and where they come from: the only place that says them.

The names of ``gen_ai.`` are those of OpenTelemetry's semantic conventions for generative AI. They
are still in development and have a repository of their own without releases
(https://github.com/open-telemetry/semantic-conventions-genai), so the version is that of what the
project itself ships: `opentelemetry-util-genai` 1.3b0 and `opentelemetry-semantic-conventions`
0.66b2, both of October 2026. What these do not name is ``mirascope.``.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "AGENT_NAME",
    "ATTEMPT",
    "ATTEMPTS",
    "ATTEMPT_DISCARDS",
    "ATTEMPT_DURATION",
    "ATTEMPT_MODEL",
    "ATTEMPT_WAIT",
    "CACHED",
    "CACHE_READ_TOKENS",
    "CACHE_WRITE_TOKENS",
    "DURATION",
    "DURATION_BUCKETS",
    "ERROR_TYPE",
    "FINISH_REASONS",
    "HTTP_STATUS",
    "INPUT_MESSAGES",
    "INPUT_TOKENS",
    "MAX_TOKENS",
    "OPERATION",
    "OUTPUT_MESSAGES",
    "OUTPUT_TOKENS",
    "OUTPUT_TYPE",
    "PROVIDER",
    "REASONING_LEVEL",
    "REASONING_TOKENS",
    "REQUEST_ID",
    "REQUEST_MODEL",
    "RESPONSE_MODEL",
    "RUN_DURATION",
    "RUN_DURATION_BUCKETS",
    "SEAM",
    "SEAM_FAILED",
    "SEAM_MODEL",
    "SEED",
    "SERVER_ADDRESS",
    "SERVER_PORT",
    "SOURCE",
    "STATE",
    "STOP_SEQUENCES",
    "STREAM",
    "SYSTEM_INSTRUCTIONS",
    "TEMPERATURE",
    "TIME_PER_OUTPUT_TOKEN",
    "TIME_TO_FIRST_CHUNK",
    "TIME_TO_FIRST_CHUNK_METRIC",
    "TOKEN_BUCKETS",
    "TOKEN_TYPE",
    "TOKEN_USAGE",
    "TOOL_ARGUMENTS",
    "TOOL_CALL_ID",
    "TOOL_DEFINITIONS",
    "TOOL_DESCRIPTION",
    "TOOL_DURATION",
    "TOOL_NAME",
    "TOOL_RESULT",
    "TOOL_TYPE",
    "TOP_K",
    "TOP_P",
    "VENDOR_REQUEST_ID",
    "VERSION",
    "operation_of",
    "provider_name",
]

VERSION: Final = "1.3b0"
SOURCE: Final = "https://pypi.org/project/opentelemetry-util-genai/1.3b0/"

# --- what is asked

OPERATION: Final = "gen_ai.operation.name"
PROVIDER: Final = "gen_ai.provider.name"
REQUEST_MODEL: Final = "gen_ai.request.model"
STREAM: Final = "gen_ai.request.stream"
OUTPUT_TYPE: Final = "gen_ai.output.type"
TEMPERATURE: Final = "gen_ai.request.temperature"
TOP_P: Final = "gen_ai.request.top_p"
TOP_K: Final = "gen_ai.request.top_k"
MAX_TOKENS: Final = "gen_ai.request.max_tokens"
SEED: Final = "gen_ai.request.seed"
STOP_SEQUENCES: Final = "gen_ai.request.stop_sequences"
REASONING_LEVEL: Final = "gen_ai.request.reasoning.level"
REQUEST_ID: Final = "mirascope.request.id"

# --- what came of it

RESPONSE_MODEL: Final = "gen_ai.response.model"
FINISH_REASONS: Final = "gen_ai.response.finish_reasons"
TIME_TO_FIRST_CHUNK: Final = "gen_ai.response.time_to_first_chunk"
TIME_PER_OUTPUT_TOKEN: Final = "mirascope.response.time_per_output_token"
INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
CACHE_READ_TOKENS: Final = "gen_ai.usage.cache_read.input_tokens"
CACHE_WRITE_TOKENS: Final = "gen_ai.usage.cache_write.input_tokens"
REASONING_TOKENS: Final = "gen_ai.usage.reasoning.output_tokens"
STATE: Final = "mirascope.response.state"
CACHED: Final = "mirascope.response.cached"
VENDOR_REQUEST_ID: Final = "mirascope.response.request_id"
ERROR_TYPE: Final = "error.type"
SERVER_ADDRESS: Final = "server.address"
SERVER_PORT: Final = "server.port"
HTTP_STATUS: Final = "http.response.status_code"

# --- events of a span

ATTEMPTS: Final = "mirascope.attempts"
ATTEMPT: Final = "mirascope.attempt"
ATTEMPT_MODEL: Final = "mirascope.attempt.model"
ATTEMPT_DURATION: Final = "mirascope.attempt.duration"
ATTEMPT_WAIT: Final = "mirascope.attempt.wait"
ATTEMPT_DISCARDS: Final = "mirascope.attempt.discards"
SEAM: Final = "mirascope.seam"
SEAM_FAILED: Final = "mirascope.seam.failed"
SEAM_MODEL: Final = "mirascope.seam.model"

# --- content

SYSTEM_INSTRUCTIONS: Final = "gen_ai.system_instructions"
INPUT_MESSAGES: Final = "gen_ai.input.messages"
OUTPUT_MESSAGES: Final = "gen_ai.output.messages"
TOOL_DEFINITIONS: Final = "gen_ai.tool.definitions"

# --- tools

TOOL_NAME: Final = "gen_ai.tool.name"
TOOL_TYPE: Final = "gen_ai.tool.type"
TOOL_DESCRIPTION: Final = "gen_ai.tool.description"
TOOL_CALL_ID: Final = "gen_ai.tool.call.id"
TOOL_ARGUMENTS: Final = "gen_ai.tool.call.arguments"
TOOL_RESULT: Final = "gen_ai.tool.call.result"
AGENT_NAME: Final = "gen_ai.agent.name"

# --- metrics

DURATION: Final = "gen_ai.client.operation.duration"
TOKEN_USAGE: Final = "gen_ai.client.token.usage"
TOKEN_TYPE: Final = "gen_ai.token.type"
TIME_TO_FIRST_CHUNK_METRIC: Final = "gen_ai.client.operation.time_to_first_chunk"
TOOL_DURATION: Final = "gen_ai.execute_tool.duration"
RUN_DURATION: Final = "gen_ai.invoke_agent.duration"
DURATION_BUCKETS: Final = tuple(0.01 * 2**power for power in range(14))
RUN_DURATION_BUCKETS: Final = tuple(0.1 * 2**power for power in range(13))
TOKEN_BUCKETS: Final = tuple(4**power for power in range(14))

_PROVIDERS: Final = {
    "azure": "azure.ai.openai",
    "bedrock": "aws.bedrock",
    "foundry": "azure.ai.inference",
    "google": "gcp.gemini",
    "mistral": "mistral_ai",
    "vertex": "gcp.vertex_ai",
    "xai": "x_ai",
}
"""Who is called something else there; everybody else is called what we call them."""


def provider_name(provider_id: str) -> str:
    """Return what the conventions call a provider; ours where they have no name for it."""
    vendor = provider_id.partition(":")[0]
    return _PROVIDERS.get(vendor, vendor)


def operation_of(provider_id: str) -> str:
    """Return what the conventions call a request to a provider."""
    return "generate_content" if provider_id == "google" else "chat"
