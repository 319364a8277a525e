"""Requests to the web, by `httpx` and by `requests`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from .configurable import ConfigurableTool, ConfigurableToolConfig, needs

if TYPE_CHECKING:
    import httpx

__all__ = [
    "HTTPX",
    "AsyncHTTPX",
    "HTTPXConfig",
    "Requests",
    "RequestsConfig",
    "failure",
    "refusal",
]


class HTTPXConfig(ConfigurableToolConfig):
    """How long to wait.

    Attributes:
        timeout: In seconds, for each of connecting, sending and receiving; None for ever.
    """

    timeout: float | None = 5


class RequestsConfig(ConfigurableToolConfig):
    """How long to wait.

    Attributes:
        timeout: In seconds, for each of connecting and receiving; None for ever.
    """

    timeout: float | None = 5


class _HTTPXRequest(ConfigurableTool):
    model_config = ConfigDict(populate_by_name=True)

    __configurable_tool_config__: ClassVar[Any] = HTTPXConfig()
    __prompt_usage_description__: ClassVar[str] = "The tool sends a request to a URL."

    url: str = Field(description="The URL, http or https.")
    method: Literal["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"] = Field(
        "GET", description="The method."
    )
    data: dict[str, Any] | None = Field(None, description="Form fields to send.")
    # A model has a method `json`.
    json_: dict[str, Any] | None = Field(None, alias="json", description="An object to send.")
    params: dict[str, Any] | None = Field(None, description="Parameters of the query.")
    headers: dict[str, str] | None = Field(None, description="Headers of the request.")
    follow_redirects: bool = Field(True, description="Whether to follow redirects.")

    def _request(self) -> dict[str, Any]:
        return {
            "method": self.method,
            "url": self.url,
            "data": self.data,
            "json": self.json_,
            "params": self.params,
            "headers": self.headers,
        }

    def _client(self) -> dict[str, Any]:
        timeout = type(self).__configurable_tool_config__.timeout
        return {"timeout": timeout, "follow_redirects": self.follow_redirects}


class HTTPX(_HTTPXRequest):
    """Send a request to a URL and read the text of the answer."""

    def call(self) -> str:
        """Send the request; what goes wrong is told as text."""
        with needs("HTTPX"):
            import httpx
        try:
            with httpx.Client(**self._client()) as client:
                return _answer(client.request(**self._request()))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return failure(error)


class AsyncHTTPX(_HTTPXRequest):
    """Send a request to a URL and read the text of the answer."""

    async def call(self) -> str:
        """Send the request; what goes wrong is told as text."""
        with needs("AsyncHTTPX"):
            import httpx
        try:
            async with httpx.AsyncClient(**self._client()) as client:
                return _answer(await client.request(**self._request()))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return failure(error)


def _answer(response: httpx.Response) -> str:
    if response.is_error:
        return refusal(response.status_code, response.reason_phrase)
    return response.text


class Requests(ConfigurableTool):
    """Send a request to a URL and read the text of the answer."""

    __configurable_tool_config__: ClassVar[Any] = RequestsConfig()
    __prompt_usage_description__: ClassVar[str] = "The tool sends a request to a URL."

    url: str = Field(description="The URL, http or https.")
    method: Literal["GET", "POST", "PUT", "DELETE"] = Field("GET", description="The method.")
    data: dict[str, Any] | None = Field(None, description="Form fields to send.")
    headers: dict[str, str] | None = Field(None, description="Headers of the request.")

    def call(self) -> str:
        """Send the request; what goes wrong is told as text."""
        with needs("Requests"):
            import requests
        timeout = type(self).__configurable_tool_config__.timeout
        try:
            response = requests.request(
                self.method, self.url, data=self.data, headers=self.headers, timeout=timeout
            )
        except requests.RequestException as error:
            return failure(error)
        if response.status_code >= 400:
            return refusal(response.status_code, response.reason)
        return response.text


def failure(error: Exception) -> str:
    """Tell of a request that got no answer, by its kind: an error's text may have the whole URL."""
    return f"Error: the request failed, {type(error).__name__}."


def refusal(status: int, reason: str) -> str:
    """Tell of an answer that is an error."""
    return f"Error: the server answered {status} {reason}."
