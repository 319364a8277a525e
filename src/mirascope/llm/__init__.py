"""The current API: messages, models, prompts, calls, tools, formats and responses.

Everything is imported when it is first used, so importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mirascope.llm import (
        caching,
        calls,
        content,
        context,
        embeddings,
        exceptions,
        formatting,
        layering,
        limiting,
        messages,
        models,
        pricing,
        prompts,
        providers,
        responses,
        retries,
        running,
        telemetry,
        testing,
        tools,
        tracking,
        types,
    )
    from mirascope.llm import mcp as mcp  # not in `__all__`, see `_mcp`
    from mirascope.llm.caching import cache
    from mirascope.llm.calls import (
        AsyncCall,
        AsyncContextCall,
        Call,
        CallDecorator,
        ContextCall,
        call,
    )
    from mirascope.llm.content import (
        AssistantContentChunk,
        AssistantContentPart,
        Audio,
        AudioChunk,
        AudioEndChunk,
        AudioStartChunk,
        Base64AudioSource,
        Base64DocumentSource,
        Base64ImageSource,
        Base64VideoSource,
        Citation,
        CitationChunk,
        Document,
        FileSource,
        Image,
        ImageChunk,
        ProviderToolCall,
        ProviderToolCallChunk,
        ProviderToolCallEndChunk,
        ProviderToolCallStartChunk,
        ProviderToolOutput,
        ProviderToolOutputChunk,
        Text,
        TextChunk,
        TextDocumentSource,
        TextEndChunk,
        TextStartChunk,
        Thought,
        ThoughtChunk,
        ThoughtEndChunk,
        ThoughtStartChunk,
        ToolCall,
        ToolCallChunk,
        ToolCallEndChunk,
        ToolCallStartChunk,
        ToolOutput,
        URLDocumentSource,
        URLImageSource,
        URLVideoSource,
        UserContentPart,
        Video,
    )
    from mirascope.llm.context import (
        Context,
        DepsT,
    )
    from mirascope.llm.embeddings import Embeddings, EmbeddingTask, embed, embed_async
    from mirascope.llm.exceptions import (
        APIError,
        ApprovalRequired,
        AuthenticationError,
        BadRequestError,
        ConnectionError,
        Error,
        FeatureNotSupportedError,
        LimitExceeded,
        MissingAPIKeyError,
        NoRegisteredProviderError,
        NotFoundError,
        ParseError,
        PermissionError,
        ProviderError,
        RateLimitError,
        ResponseValidationError,
        RetriesExhausted,
        RunLimitExceeded,
        ServerError,
        StreamCancelledError,
        StreamRestarted,
        StreamTruncatedError,
        TimeoutError,
        ToolError,
        ToolExecutionError,
        ToolNotFoundError,
    )
    from mirascope.llm.formatting import (
        Format,
        FormatSpec,
        FormattableT,
        FormattingMode,
        OutputParser,
        Partial,
        format,
        output_parser,
    )
    from mirascope.llm.layering import Answer, Layer, LayerFlow, Open, Request, layers
    from mirascope.llm.limiting import limit
    from mirascope.llm.messages import (
        AssistantContent,
        AssistantMessage,
        Message,
        SystemContent,
        SystemMessage,
        UserContent,
        UserMessage,
    )
    from mirascope.llm.models import (
        CapabilityConfig,
        Model,
        Params,
        ThinkingConfig,
        ThinkingLevel,
        TokenCount,
        model,
        model_from_context,
        use_model,
    )
    from mirascope.llm.pricing import Cost, Price, cost_of, register_prices
    from mirascope.llm.prompts import (
        AsyncContextPrompt,
        AsyncPrompt,
        ContextPrompt,
        Prompt,
        PromptDecorator,
        prompt,
    )
    from mirascope.llm.providers import (
        ModelId,
        Provider,
        ProviderId,
        register_provider,
        reset_provider_registry,
    )
    from mirascope.llm.responses import (
        AnyResponse,
        AsyncChunkIterator,
        AsyncContextResponse,
        AsyncContextStreamResponse,
        AsyncResponse,
        AsyncStream,
        AsyncStreamResponse,
        AsyncTextStream,
        AsyncThoughtStream,
        AsyncToolCallStream,
        Attempt,
        ChunkIterator,
        ContextResponse,
        ContextStreamResponse,
        Event,
        FinishReason,
        ProviderToolUsage,
        RateLimit,
        RateLimits,
        RawMessageChunk,
        Response,
        RootResponse,
        Seam,
        Stream,
        StreamResponse,
        StreamResponseChunk,
        TextStream,
        ThoughtStream,
        ToolCallStream,
        Usage,
        UsageDeltaChunk,
    )
    from mirascope.llm.retries import (
        AsyncContextRetryCall,
        AsyncContextRetryPrompt,
        AsyncContextRetryResponse,
        AsyncContextRetryStreamResponse,
        AsyncRetryCall,
        AsyncRetryPrompt,
        AsyncRetryResponse,
        AsyncRetryStreamResponse,
        ContextRetryCall,
        ContextRetryPrompt,
        ContextRetryResponse,
        ContextRetryStreamResponse,
        RetryCall,
        RetryConfig,
        RetryFailure,
        RetryModel,
        RetryModelParams,
        RetryPrompt,
        RetryResponse,
        RetryStreamResponse,
        hedge,
        recover,
        retry,
        retry_model,
    )
    from mirascope.llm.running import AsyncRun, Round, Run, RunOptions, StopWhen, UsageLimits
    from mirascope.llm.tools import (
        AnyToolFn,
        AnyTools,
        AnyToolSchema,
        AsyncComputerTool,
        AsyncContextTool,
        AsyncContextToolkit,
        AsyncContextTools,
        AsyncTool,
        AsyncToolkit,
        AsyncTools,
        BaseToolkit,
        CodeExecutionTool,
        ComputerAction,
        ComputerTool,
        ContextTool,
        ContextToolkit,
        ContextTools,
        FileSearchTool,
        ImageGenerationTool,
        ProviderTool,
        Tool,
        Toolkit,
        ToolkitT,
        Tools,
        ToolSchema,
        URLContextTool,
        WebSearchTool,
        computer_tool,
        tool,
    )
    from mirascope.llm.tracking import Share, Total, track
    from mirascope.llm.types import (
        Jsonable,
        Timeout,
        ToolChoice,
    )

__all__ = [
    "APIError",
    "Answer",
    "AnyResponse",
    "AnyToolFn",
    "AnyToolSchema",
    "AnyTools",
    "ApprovalRequired",
    "AssistantContent",
    "AssistantContentChunk",
    "AssistantContentPart",
    "AssistantMessage",
    "AsyncCall",
    "AsyncChunkIterator",
    "AsyncComputerTool",
    "AsyncContextCall",
    "AsyncContextPrompt",
    "AsyncContextResponse",
    "AsyncContextRetryCall",
    "AsyncContextRetryPrompt",
    "AsyncContextRetryResponse",
    "AsyncContextRetryStreamResponse",
    "AsyncContextStreamResponse",
    "AsyncContextTool",
    "AsyncContextToolkit",
    "AsyncContextTools",
    "AsyncPrompt",
    "AsyncResponse",
    "AsyncRetryCall",
    "AsyncRetryPrompt",
    "AsyncRetryResponse",
    "AsyncRetryStreamResponse",
    "AsyncRun",
    "AsyncStream",
    "AsyncStreamResponse",
    "AsyncTextStream",
    "AsyncThoughtStream",
    "AsyncTool",
    "AsyncToolCallStream",
    "AsyncToolkit",
    "AsyncTools",
    "Attempt",
    "Audio",
    "AudioChunk",
    "AudioEndChunk",
    "AudioStartChunk",
    "AuthenticationError",
    "BadRequestError",
    "Base64AudioSource",
    "Base64DocumentSource",
    "Base64ImageSource",
    "Base64VideoSource",
    "BaseToolkit",
    "Call",
    "CallDecorator",
    "CapabilityConfig",
    "ChunkIterator",
    "Citation",
    "CitationChunk",
    "CodeExecutionTool",
    "ComputerAction",
    "ComputerTool",
    "ConnectionError",
    "Context",
    "ContextCall",
    "ContextPrompt",
    "ContextResponse",
    "ContextRetryCall",
    "ContextRetryPrompt",
    "ContextRetryResponse",
    "ContextRetryStreamResponse",
    "ContextStreamResponse",
    "ContextTool",
    "ContextToolkit",
    "ContextTools",
    "Cost",
    "DepsT",
    "Document",
    "EmbeddingTask",
    "Embeddings",
    "Error",
    "Event",
    "FeatureNotSupportedError",
    "FileSearchTool",
    "FileSource",
    "FinishReason",
    "Format",
    "FormatSpec",
    "FormattableT",
    "FormattingMode",
    "Image",
    "ImageChunk",
    "ImageGenerationTool",
    "Jsonable",
    "Layer",
    "LayerFlow",
    "LimitExceeded",
    "Message",
    "MissingAPIKeyError",
    "Model",
    "ModelId",
    "NoRegisteredProviderError",
    "NotFoundError",
    "Open",
    "OutputParser",
    "Params",
    "ParseError",
    "Partial",
    "PermissionError",
    "Price",
    "Prompt",
    "PromptDecorator",
    "Provider",
    "ProviderError",
    "ProviderId",
    "ProviderTool",
    "ProviderToolCall",
    "ProviderToolCallChunk",
    "ProviderToolCallEndChunk",
    "ProviderToolCallStartChunk",
    "ProviderToolOutput",
    "ProviderToolOutputChunk",
    "ProviderToolUsage",
    "RateLimit",
    "RateLimitError",
    "RateLimits",
    "RawMessageChunk",
    "Request",
    "Response",
    "ResponseValidationError",
    "RetriesExhausted",
    "RetryCall",
    "RetryConfig",
    "RetryFailure",
    "RetryModel",
    "RetryModelParams",
    "RetryPrompt",
    "RetryResponse",
    "RetryStreamResponse",
    "RootResponse",
    "Round",
    "Run",
    "RunLimitExceeded",
    "RunOptions",
    "Seam",
    "ServerError",
    "Share",
    "StopWhen",
    "Stream",
    "StreamCancelledError",
    "StreamResponse",
    "StreamResponseChunk",
    "StreamRestarted",
    "StreamTruncatedError",
    "SystemContent",
    "SystemMessage",
    "Text",
    "TextChunk",
    "TextDocumentSource",
    "TextEndChunk",
    "TextStartChunk",
    "TextStream",
    "ThinkingConfig",
    "ThinkingLevel",
    "Thought",
    "ThoughtChunk",
    "ThoughtEndChunk",
    "ThoughtStartChunk",
    "ThoughtStream",
    "Timeout",
    "TimeoutError",
    "TokenCount",
    "Tool",
    "ToolCall",
    "ToolCallChunk",
    "ToolCallEndChunk",
    "ToolCallStartChunk",
    "ToolCallStream",
    "ToolChoice",
    "ToolError",
    "ToolExecutionError",
    "ToolNotFoundError",
    "ToolOutput",
    "ToolSchema",
    "Toolkit",
    "ToolkitT",
    "Tools",
    "Total",
    "URLContextTool",
    "URLDocumentSource",
    "URLImageSource",
    "URLVideoSource",
    "Usage",
    "UsageDeltaChunk",
    "UsageLimits",
    "UserContent",
    "UserContentPart",
    "UserMessage",
    "Video",
    "WebSearchTool",
    "cache",
    "caching",
    "call",
    "calls",
    "computer_tool",
    "content",
    "context",
    "cost_of",
    "embed",
    "embed_async",
    "embeddings",
    "exceptions",
    "format",
    "formatting",
    "hedge",
    "layering",
    "layers",
    "limit",
    "limiting",
    "messages",
    "model",
    "model_from_context",
    "models",
    "output_parser",
    "pricing",
    "prompt",
    "prompts",
    "providers",
    "recover",
    "register_prices",
    "register_provider",
    "reset_provider_registry",
    "responses",
    "retries",
    "retry",
    "retry_model",
    "running",
    "telemetry",
    "testing",
    "tool",
    "tools",
    "track",
    "tracking",
    "types",
    "use_model",
]

_MODULES = {
    "caching": "cache",
    "calls": "AsyncCall AsyncContextCall Call CallDecorator ContextCall call",
    "content": (
        "AssistantContentChunk AssistantContentPart Audio AudioChunk AudioEndChunk "
        "AudioStartChunk Base64AudioSource Base64DocumentSource Base64ImageSource "
        "Base64VideoSource Citation CitationChunk Document FileSource Image ImageChunk "
        "ProviderToolCall ProviderToolCallChunk ProviderToolCallEndChunk "
        "ProviderToolCallStartChunk ProviderToolOutput ProviderToolOutputChunk Text TextChunk "
        "TextDocumentSource TextEndChunk TextStartChunk Thought ThoughtChunk ThoughtEndChunk "
        "ThoughtStartChunk ToolCall ToolCallChunk ToolCallEndChunk ToolCallStartChunk ToolOutput "
        "URLDocumentSource URLImageSource URLVideoSource UserContentPart Video"
    ),
    "context": "Context DepsT",
    "embeddings": "EmbeddingTask Embeddings embed embed_async",
    "exceptions": (
        "APIError ApprovalRequired AuthenticationError BadRequestError ConnectionError Error "
        "FeatureNotSupportedError LimitExceeded MissingAPIKeyError NoRegisteredProviderError "
        "NotFoundError ParseError PermissionError ProviderError RateLimitError "
        "ResponseValidationError RetriesExhausted RunLimitExceeded ServerError "
        "StreamCancelledError StreamRestarted StreamTruncatedError TimeoutError ToolError "
        "ToolExecutionError ToolNotFoundError"
    ),
    "formatting": (
        "Format FormatSpec FormattableT FormattingMode OutputParser Partial format output_parser"
    ),
    "layering": "Answer Layer LayerFlow Open Request layers",
    "limiting": "limit",
    "messages": (
        "AssistantContent AssistantMessage Message SystemContent SystemMessage UserContent "
        "UserMessage"
    ),
    "models": (
        "CapabilityConfig Model Params ThinkingConfig ThinkingLevel TokenCount model "
        "model_from_context use_model"
    ),
    "pricing": "Cost Price cost_of register_prices",
    "prompts": "AsyncContextPrompt AsyncPrompt ContextPrompt Prompt PromptDecorator prompt",
    "providers": "ModelId Provider ProviderId register_provider reset_provider_registry",
    "responses": (
        "AnyResponse Attempt AsyncChunkIterator AsyncContextResponse AsyncContextStreamResponse "
        "AsyncResponse AsyncStream AsyncStreamResponse AsyncTextStream AsyncThoughtStream "
        "AsyncToolCallStream ChunkIterator ContextResponse ContextStreamResponse Event "
        "FinishReason ProviderToolUsage RateLimit RateLimits RawMessageChunk Response RootResponse "
        "Seam Stream StreamResponse StreamResponseChunk TextStream ThoughtStream ToolCallStream "
        "Usage UsageDeltaChunk"
    ),
    "retries": (
        "AsyncContextRetryCall AsyncContextRetryPrompt AsyncContextRetryResponse "
        "AsyncContextRetryStreamResponse AsyncRetryCall AsyncRetryPrompt AsyncRetryResponse "
        "AsyncRetryStreamResponse ContextRetryCall ContextRetryPrompt ContextRetryResponse "
        "ContextRetryStreamResponse RetryCall RetryConfig RetryFailure RetryModel "
        "RetryModelParams RetryPrompt RetryResponse RetryStreamResponse hedge recover "
        "retry retry_model"
    ),
    "running": "AsyncRun Round Run RunOptions StopWhen UsageLimits",
    "tools": (
        "AnyToolFn AnyToolSchema AnyTools AsyncComputerTool AsyncContextTool "
        "AsyncContextToolkit AsyncContextTools AsyncTool AsyncToolkit AsyncTools BaseToolkit "
        "CodeExecutionTool ComputerAction ComputerTool ContextTool ContextToolkit ContextTools "
        "FileSearchTool ImageGenerationTool ProviderTool Tool ToolSchema Toolkit ToolkitT Tools "
        "URLContextTool WebSearchTool computer_tool tool"
    ),
    "tracking": "Share Total track",
    "types": "Jsonable Timeout ToolChoice",
}
_HOME = {name: module for module, names in _MODULES.items() for name in names.split()}


_V1 = {
    "CallResponse": "a call gives an `llm.Response`",
    "CallResponseChunk": "the chunks of an `llm.StreamResponse` are typed, as `llm.TextChunk` is",
    "StructuredStream": "objects come from `llm.StreamResponse.structured_stream`",
    "override": "another model is used in `with llm.model(...)`",
}
"""What v1's module of this name had and this one has not, and what there is instead."""


def __getattr__(name: str) -> object:
    if name in _V1:
        raise ImportError(
            f"`mirascope.llm.{name}` was v1's; here {_V1[name]}. v1 programs that call one vendor "
            "go on with `mirascope.core`: see docs/v1.md.",
            name=__name__,
        )
    if name in _HOME:
        home = _HOME[name]
        if home == "responses":
            import_module(f"{__name__}.models")  # which says how a response goes on without one
        value: object = getattr(import_module(f"{__name__}.{home}"), name)
    elif name == "mcp":
        value = _mcp()
    elif name in __all__:
        value = import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def _mcp() -> object:
    """Return the module, which is not in `__all__`: ``import *`` has to work without its extra."""
    try:
        return import_module(f"{__name__}.mcp")
    except ImportError as error:
        # So that `hasattr` tells; `from mirascope.llm import mcp` raises what is wrong itself.
        raise AttributeError(str(error)) from error


def __dir__() -> list[str]:
    return __all__
