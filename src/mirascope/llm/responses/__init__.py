"""Responses: what a model answered, whole or as it arrives."""

from mirascope.llm.responses import _utils
from mirascope.llm.responses.attempts import Attempt
from mirascope.llm.responses.base_response import ResponseT
from mirascope.llm.responses.base_stream_response import (
    AsyncChunkIterator,
    ChunkIterator,
    RawMessageChunk,
    RawStreamEventChunk,
    StreamResponseChunk,
    StreamResponseT,
)
from mirascope.llm.responses.chunks import AnsweredBy, AnswerEnd, Event, FromCache, Seam
from mirascope.llm.responses.finish_reason import FinishReason, FinishReasonChunk
from mirascope.llm.responses.rate_limits import RateLimit, RateLimits
from mirascope.llm.responses.response import (
    AsyncContextResponse,
    AsyncResponse,
    ContextResponse,
    Response,
)
from mirascope.llm.responses.root_response import AnyResponse, RootResponse
from mirascope.llm.responses.stream_response import (
    AsyncContextStreamResponse,
    AsyncStreamResponse,
    ContextStreamResponse,
    StreamResponse,
)
from mirascope.llm.responses.streams import (
    AsyncStream,
    AsyncTextStream,
    AsyncThoughtStream,
    AsyncToolCallStream,
    Stream,
    TextStream,
    ThoughtStream,
    ToolCallStream,
)
from mirascope.llm.responses.usage import ProviderToolUsage, Usage, UsageDeltaChunk

__all__ = [
    "AnswerEnd",
    "AnsweredBy",
    "AnyResponse",
    "AsyncChunkIterator",
    "AsyncContextResponse",
    "AsyncContextStreamResponse",
    "AsyncResponse",
    "AsyncStream",
    "AsyncStreamResponse",
    "AsyncTextStream",
    "AsyncThoughtStream",
    "AsyncToolCallStream",
    "Attempt",
    "ChunkIterator",
    "ContextResponse",
    "ContextStreamResponse",
    "Event",
    "FinishReason",
    "FinishReasonChunk",
    "FromCache",
    "ProviderToolUsage",
    "RateLimit",
    "RateLimits",
    "RawMessageChunk",
    "RawStreamEventChunk",
    "Response",
    "ResponseT",
    "RootResponse",
    "Seam",
    "Stream",
    "StreamResponse",
    "StreamResponseChunk",
    "StreamResponseT",
    "TextStream",
    "ThoughtStream",
    "ToolCallStream",
    "Usage",
    "UsageDeltaChunk",
    "_utils",
]
