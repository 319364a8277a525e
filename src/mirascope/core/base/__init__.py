"""What the v1 vendors share, and what custom vendors build on."""

from .call_kwargs import BaseCallKwargs
from .call_params import BaseCallParams, CommonCallParams
from .call_response import BaseCallResponse
from .call_response_chunk import BaseCallResponseChunk
from .custom_vendor import call_factory
from .dynamic_config import BaseDynamicConfig
from .from_call_args import FromCallArgs
from .jsonable import transform_tool_outputs
from .merge_decorators import merge_decorators
from .message_param import (
    AudioPart,
    AudioURLPart,
    BaseMessageParam,
    CacheControlPart,
    DocumentPart,
    DocumentURLPart,
    ImagePart,
    ImageURLPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from .messages import Messages
from .metadata import Metadata, metadata
from .prompt import BasePrompt, prompt_template
from .response_model_config_dict import ResponseModelConfigDict
from .stream import BaseStream
from .stream_config import StreamConfig
from .structured_stream import BaseStructuredStream
from .tool import BaseTool, GenerateJsonSchemaNoTitles, ToolConfig
from .toolkit import BaseToolKit, toolkit_tool
from .types import (
    AudioSegment,
    BaseType,
    CostMetadata,
    JsonableType,
    LocalProvider,
    Provider,
    Usage,
)

__all__ = [
    "AudioPart",
    "AudioSegment",
    "AudioURLPart",
    "BaseCallKwargs",
    "BaseCallParams",
    "BaseCallResponse",
    "BaseCallResponseChunk",
    "BaseDynamicConfig",
    "BaseMessageParam",
    "BasePrompt",
    "BaseStream",
    "BaseStructuredStream",
    "BaseTool",
    "BaseToolKit",
    "BaseType",
    "CacheControlPart",
    "CommonCallParams",
    "CostMetadata",
    "DocumentPart",
    "DocumentURLPart",
    "FromCallArgs",
    "GenerateJsonSchemaNoTitles",
    "ImagePart",
    "ImageURLPart",
    "JsonableType",
    "LocalProvider",
    "Messages",
    "Metadata",
    "Provider",
    "ResponseModelConfigDict",
    "StreamConfig",
    "TextPart",
    "ToolCallPart",
    "ToolConfig",
    "ToolResultPart",
    "Usage",
    "call_factory",
    "merge_decorators",
    "metadata",
    "prompt_template",
    "toolkit_tool",
    "transform_tool_outputs",
]
