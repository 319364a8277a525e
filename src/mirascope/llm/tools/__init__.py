"""Tools: functions that a model may call."""

from mirascope.llm.content.tool_call import FORMAT_TOOL_NAME
from mirascope.llm.tools.computer import (
    AsyncComputerTool,
    ComputerAction,
    ComputerEnvironment,
    ComputerSchema,
    ComputerTool,
    ComputerToolDecorator,
    computer_tool,
)
from mirascope.llm.tools.decorator import ToolDecorator, tool
from mirascope.llm.tools.normalize import (
    AnyTools,
    AsyncContextTools,
    AsyncTools,
    ContextTools,
    Tools,
    normalize_async_context_tools,
    normalize_async_tools,
    normalize_context_tools,
    normalize_tools,
)
from mirascope.llm.tools.parameter_schema import ToolParameterSchema
from mirascope.llm.tools.provider_tools import (
    CodeExecutionTool,
    FileSearchTool,
    ImageGenerationTool,
    ProviderTool,
    URLContextTool,
    WebSearchTool,
)
from mirascope.llm.tools.tool_fns import (
    AnyToolFn,
    AsyncContextToolFn,
    AsyncToolFn,
    ContextToolFn,
    ToolFn,
)
from mirascope.llm.tools.tool_schema import AnyToolSchema, ToolSchema, ToolSchemaT
from mirascope.llm.tools.toolkit import (
    AsyncContextToolkit,
    AsyncToolkit,
    BaseToolkit,
    ContextToolkit,
    Toolkit,
    ToolkitT,
)
from mirascope.llm.tools.tools import AsyncContextTool, AsyncTool, ContextTool, Tool, ToolT

__all__ = [
    "FORMAT_TOOL_NAME",
    "AnyToolFn",
    "AnyToolSchema",
    "AnyTools",
    "AsyncComputerTool",
    "AsyncContextTool",
    "AsyncContextToolFn",
    "AsyncContextToolkit",
    "AsyncContextTools",
    "AsyncTool",
    "AsyncToolFn",
    "AsyncToolkit",
    "AsyncTools",
    "BaseToolkit",
    "CodeExecutionTool",
    "ComputerAction",
    "ComputerEnvironment",
    "ComputerSchema",
    "ComputerTool",
    "ComputerToolDecorator",
    "ContextTool",
    "ContextToolFn",
    "ContextToolkit",
    "ContextTools",
    "FileSearchTool",
    "ImageGenerationTool",
    "ProviderTool",
    "Tool",
    "ToolDecorator",
    "ToolFn",
    "ToolParameterSchema",
    "ToolSchema",
    "ToolSchemaT",
    "ToolT",
    "Toolkit",
    "ToolkitT",
    "Tools",
    "URLContextTool",
    "WebSearchTool",
    "computer_tool",
    "normalize_async_context_tools",
    "normalize_async_tools",
    "normalize_context_tools",
    "normalize_tools",
    "tool",
]
