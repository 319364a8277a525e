"""What a page of the web says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from .configurable import ConfigurableTool, ConfigurableToolConfig, needs
from .http import failure, refusal

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

__all__ = ["ParseURLConfig", "ParseURLContent"]

_NOT_THE_TEXT = (
    *("script", "style", "noscript", "template", "svg", "iframe"),
    *("nav", "header", "footer", "aside", "form", "button"),
)


class ParseURLConfig(ConfigurableToolConfig):
    """How pages are read.

    Attributes:
        parser: The parser that Beautiful Soup uses.
        timeout: How long to wait for the server, in seconds; None for ever.
    """

    parser: str = "html.parser"
    timeout: float | None = 5


class ParseURLContent(ConfigurableTool):
    """Read the main text of a page of the web."""

    __configurable_tool_config__: ClassVar[Any] = ParseURLConfig()
    __prompt_usage_description__: ClassVar[str] = (
        "The tool reads the main text of a page of the web, without scripts and navigation."
    )

    url: str = Field(description="The URL of the page.")

    def call(self) -> str:
        """Fetch the page and return its text; what goes wrong is told as text."""
        with needs("ParseURLContent"):
            import requests
            from bs4 import BeautifulSoup
        config = type(self).__configurable_tool_config__
        try:
            response = requests.get(self.url, timeout=config.timeout)
        except requests.RequestException as error:
            return failure(error)
        if response.status_code >= 400:
            return refusal(response.status_code, response.reason)
        # The bytes: a page says in itself how it is encoded.
        return _text(BeautifulSoup(response.content, config.parser))


def _text(page: BeautifulSoup) -> str:
    for tag in page.find_all(_NOT_THE_TEXT):
        tag.decompose()
    main: Tag = page.find("main") or page.find("article") or page.body or page
    lines = (line.strip() for line in main.get_text("\n").splitlines())
    return "\n".join(line for line in lines if line)
