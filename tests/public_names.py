"""The import paths this package promises: those it was founded on, and those users import today."""

from __future__ import annotations

# The symbols of `llm.responses` in the document the project was founded on, where it puts them.
FOUNDING = {
    "llm.responses.base_response": "ResponseT",
    "llm.responses.base_stream_response": (
        "AsyncChunkIterator ChunkIterator RawMessageChunk RawStreamEventChunk StreamResponseChunk "
        "StreamResponseT"
    ),
    "llm.responses.finish_reason": "FinishReason FinishReasonChunk",
    "llm.responses.response": "AsyncContextResponse AsyncResponse ContextResponse Response",
    "llm.responses.root_response": "AnyResponse RootResponse",
    "llm.responses.stream_response": (
        "AsyncContextStreamResponse AsyncStreamResponse ContextStreamResponse StreamResponse"
    ),
    "llm.responses.streams": (
        "AsyncStream AsyncTextStream AsyncThoughtStream AsyncToolCallStream Stream TextStream "
        "ThoughtStream ToolCallStream"
    ),
    "llm.responses.usage": "Usage UsageDeltaChunk",
}

# What `llm` itself has, by the package each name comes from.
LLM = {
    "modules": (
        "calls content exceptions formatting mcp messages models prompts providers responses tools "
        "types"
    ),
    "calls": "AsyncCall AsyncContextCall Call CallDecorator ContextCall call",
    "content": (
        "AssistantContentChunk AssistantContentPart Audio Base64AudioSource Base64DocumentSource "
        "Base64ImageSource Document Image Text TextChunk TextDocumentSource TextEndChunk "
        "TextStartChunk Thought ThoughtChunk ThoughtEndChunk ThoughtStartChunk ToolCall "
        "ToolCallChunk ToolCallEndChunk ToolCallStartChunk ToolOutput URLDocumentSource "
        "URLImageSource UserContentPart"
    ),
    "context": "Context DepsT",
    "exceptions": (
        "APIError AuthenticationError BadRequestError ConnectionError Error "
        "FeatureNotSupportedError MissingAPIKeyError NoRegisteredProviderError NotFoundError "
        "ParseError PermissionError ProviderError RateLimitError ResponseValidationError "
        "RetriesExhausted ServerError StreamRestarted TimeoutError ToolError ToolExecutionError "
        "ToolNotFoundError"
    ),
    "formatting": (
        "Format FormatSpec FormattableT FormattingMode OutputParser Partial format output_parser"
    ),
    "messages": (
        "AssistantContent AssistantMessage Message SystemContent SystemMessage UserContent "
        "UserMessage"
    ),
    "models": ("Model Params ThinkingConfig ThinkingLevel model model_from_context use_model"),
    "prompts": "AsyncContextPrompt AsyncPrompt ContextPrompt Prompt PromptDecorator prompt",
    "providers": "ModelId Provider ProviderId register_provider reset_provider_registry",
    "responses": (
        "AnyResponse AsyncChunkIterator AsyncContextResponse AsyncContextStreamResponse "
        "AsyncResponse AsyncStream AsyncStreamResponse AsyncTextStream AsyncThoughtStream "
        "AsyncToolCallStream ChunkIterator ContextResponse ContextStreamResponse FinishReason "
        "ProviderToolUsage RawMessageChunk Response RootResponse Stream StreamResponse "
        "StreamResponseChunk TextStream ThoughtStream ToolCallStream Usage UsageDeltaChunk"
    ),
    "retries": (
        "AsyncContextRetryResponse AsyncContextRetryStreamResponse AsyncRetryCall "
        "AsyncRetryPrompt AsyncRetryResponse AsyncRetryStreamResponse ContextRetryResponse "
        "ContextRetryStreamResponse RetryCall RetryConfig RetryModel RetryModelParams RetryPrompt "
        "RetryResponse RetryStreamResponse retry retry_model"
    ),
    "tools": (
        "AnyToolFn AnyToolSchema AnyTools AsyncContextTool AsyncContextToolkit AsyncContextTools "
        "AsyncTool AsyncToolkit AsyncTools BaseToolkit ContextTool ContextToolkit ContextTools "
        "ProviderTool Tool ToolSchema Toolkit ToolkitT Tools WebSearchTool tool"
    ),
    "types": "Jsonable",
}

# What a package offers beyond the names that `llm` takes from it.
PACKAGES = {
    "llm.calls": f"{LLM['calls']} CallT",
    "llm.content": f"{LLM['content']} ContentPart ImageMimeType",
    "llm.context": f"{LLM['context']} _utils",
    "llm.exceptions": LLM["exceptions"],
    "llm.formatting": (
        f"{LLM['formatting']} FromCallArgs PrimitiveType PrimitiveWrapperModel "
        "create_wrapper_model is_output_parser is_primitive_type resolve_format"
    ),
    "llm.mcp": "MCPClient sse_client stdio_client streamable_http_client",
    "llm.messages": (
        f"{LLM['messages']} assistant from_json is_messages message_from_json promote_to_messages "
        "system to_json user"
    ),
    "llm.models": LLM["models"],
    "llm.prompts": (
        f"{LLM['prompts']} AsyncContextMessageTemplate AsyncMessageTemplate "
        "ContextMessageTemplate MessageTemplate _utils"
    ),
    "llm.responses": (
        f"{LLM['responses']} FinishReasonChunk RawStreamEventChunk ResponseT StreamResponseT _utils"
    ),
    "llm.retries": f"{LLM['retries']} BaseRetryCall BaseRetryPrompt RetryArgs RetryFailure",
    "llm.tools": (
        f"{LLM['tools']} FORMAT_TOOL_NAME AsyncContextToolFn AsyncToolFn ContextToolFn "
        "ToolDecorator ToolFn ToolParameterSchema ToolSchemaT ToolT normalize_async_context_tools "
        "normalize_async_tools normalize_context_tools normalize_tools"
    ),
    "llm.types": ("AnyP CovariantT Dataclass Jsonable JsonableCovariantT JsonableT NoneType P"),
}

# Modules below the packages that code in the wild imports from.
DEEP = {
    "llm.calls.calls": "BaseCall",
    "llm.content.audio": "MAX_AUDIO_SIZE AudioMimeType Base64AudioSource infer_audio_type",
    "llm.content.document": (
        "Base64DocumentSource TextDocumentSource URLDocumentSource infer_document_type "
        "mime_type_from_extension"
    ),
    "llm.content.image": (
        "MAX_IMAGE_SIZE Base64ImageSource ImageMimeType URLImageSource infer_image_type"
    ),
    "llm.context._utils": "first_param_is_context",
    "llm.formatting.primitives": "create_wrapper_model is_primitive_type",
    "llm.prompts.prompts": "BasePrompt",
    "llm.responses._utils": "extract_serialized_json parse_partial_json",
    "llm.responses.base_response": "BaseResponse",
    "llm.responses.base_stream_response": (
        "BaseAsyncStreamResponse BaseStreamResponse BaseSyncStreamResponse ChunkIteratorT"
    ),
    "llm.responses.streams": "BaseAsyncStream BaseStream",
    "llm.responses.usage": "ProviderToolUsage",
    "llm.retries.retry_models": "RetryModel",
}


def pairs(table: dict[str, str]) -> list[tuple[str, str]]:
    """Return the (module, name) pairs of a table."""
    return [(module, name) for module, names in table.items() for name in names.split()]
