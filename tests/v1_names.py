"""The import paths of v1, beside those of `mirascope.core`; `python -m tests.v1_names` writes them
into the table of `docs/v1.md`.
"""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "v1.md"
START, END = "<!-- names -->\n", "<!-- /names -->\n"

NAMES = {
    "mirascope": (
        "AudioPart AudioURLPart BaseDynamicConfig BaseMessageParam BasePrompt BaseTool BaseToolKit "
        "CacheControlPart DocumentPart DocumentURLPart ImagePart ImageURLPart LocalProvider "
        "Messages Provider ResponseModelConfigDict TextPart ToolCallPart ToolResultPart core "
        "integrations mcp merge_decorators metadata prompt_template retries tools"
    ),
    "mirascope.retries": "Fallback FallbackError fallback tenacity",
    "mirascope.retries.tenacity": "collect_errors",
    "mirascope.integrations": "langfuse logfire middleware_factory otel tenacity",
    "mirascope.integrations.langfuse": "with_langfuse",
    "mirascope.integrations.logfire": "with_logfire",
    "mirascope.integrations.otel": "configure configure_hyperdx with_hyperdx with_otel",
    "mirascope.integrations.tenacity": "collect_errors",
    "mirascope.tools": (
        "AsyncDuckDuckGoSearch AsyncHTTPX ConfigurableTool ConfigurableToolConfig "
        "ConfigurableToolKit DockerOperationToolKit DockerOperationToolKitConfig DuckDuckGoSearch "
        "DuckDuckGoSearchConfig FileSystemToolKit FileSystemToolKitConfig HTTPX HTTPXConfig "
        "ParseURLConfig ParseURLContent Requests RequestsConfig"
    ),
    "mirascope.mcp": "MCPClient MCPServer StdioServerParameters sse_client stdio_client",
}
"""The names that programs import from each module."""

EXTRAS = {
    "mirascope.retries.tenacity": "tenacity",
    "mirascope.integrations.langfuse": "langfuse",
    "mirascope.integrations.logfire": "logfire",
    "mirascope.integrations.otel": "otlp",
    "mirascope.integrations.tenacity": "tenacity",
    "mirascope.tools": "tools",
    "mirascope.mcp": "mcp",
}
"""The extra that a module needs."""


def table() -> str:
    rows = ["| import from | names | extra |", "| --- | --- | --- |"]
    for module, names in NAMES.items():
        listed = ", ".join(f"`{name}`" for name in names.split())
        extra = f"`{EXTRAS[module]}`" if module in EXTRAS else ""
        rows.append(f"| `{module}` | {listed} | {extra} |".replace("  |", " |"))
    return "".join(f"{row}\n" for row in rows)


def with_table(page: str) -> str:
    """Return the page with the table as it has to be."""
    head, _, rest = page.partition(START)
    _, end, tail = rest.partition(END)
    return f"{head}{START}{table()}{end}{tail}"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text("utf-8")), "utf-8")
