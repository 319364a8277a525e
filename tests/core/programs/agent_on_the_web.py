"""An agent with the tools of the web, told how to use them."""

# needs: httpx
# model: CALL HTTPX {"url": "http://127.0.0.1:9/"}
# prints: HTTPX Error: the request failed, ConnectError.
# prints: ['AsyncDuckDuckGoSearch', 'AsyncHTTPX', 'DuckDuckGoSearch', 'HTTPX']
# prints: 3 1.0 lxml 2.5
from mirascope.core import openai
from mirascope.tools import (
    HTTPX,
    AsyncDuckDuckGoSearch,
    AsyncHTTPX,
    DuckDuckGoSearch,
    DuckDuckGoSearchConfig,
    HTTPXConfig,
    ParseURLConfig,
    ParseURLContent,
    Requests,
    RequestsConfig,
)

TOOLS = [
    AsyncDuckDuckGoSearch,
    AsyncHTTPX,
    DuckDuckGoSearch.from_config(DuckDuckGoSearchConfig(max_results_per_query=3)),
    HTTPX.from_config(HTTPXConfig(timeout=1)),
    ParseURLContent.from_config(ParseURLConfig(parser="lxml")),
    Requests.from_config(RequestsConfig(timeout=2.5)),
]


@openai.call("gpt-4o-mini", tools=TOOLS)
def research(question: str) -> str:
    usage = "\n".join(tool.usage_description() for tool in TOOLS)
    return f"{usage}\n\nAnswer: {question}"


response = research("What is on that page?")
print(response.tool._name(), response.tool.call())
print([schema["function"]["name"] for schema in response.call_kwargs["tools"][:4]])
configs = [tool.__configurable_tool_config__ for tool in TOOLS]
print(configs[2].max_results_per_query, configs[3].timeout, configs[4].parser, configs[5].timeout)
