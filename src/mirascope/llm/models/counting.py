"""How many tokens a question has, before it is asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sized
from typing import Self, TypeAlias

from mirascope._install import needs
from mirascope.llm.content import Text, Thought, ToolCall, ToolOutput
from mirascope.llm.exceptions import FeatureNotSupportedError
from mirascope.llm.layering import Request
from mirascope.llm.providers import BaseProvider, WireProvider
from mirascope.llm.providers.encoding import tool_output_text
from mirascope.llm.providers.inquiry import Inquiry
from mirascope.llm.providers.schemas import tool_parameters

__all__ = ["Counting", "LocalCount", "TokenCount"]

LocalCount: TypeAlias = bool | str | Callable[[str], Sized]
"""Whether, and how, to count here: see `Model.count_tokens`."""


class TokenCount(int):
    """How many tokens a question has: a number, and whether it is one that can be relied on.

    Attributes:
        approximate: Whether it was counted here, and not by who will answer.
    """

    approximate: bool

    def __new__(cls, tokens: int, *, approximate: bool = False) -> Self:
        """Return the number, marked."""
        count = super().__new__(cls, tokens)
        count.approximate = approximate
        return count

    def __str__(self) -> str:
        return int.__repr__(self)

    def __repr__(self) -> str:
        mark = ", approximate=True" if self.approximate else ""
        return f"TokenCount({int(self)}{mark})"


class Counting:
    """One count.

    Attributes:
        counted: What was counted here; None where the vendor has to be asked.
    """

    def __init__(self, provider: BaseProvider, request: Request, local: LocalCount) -> None:
        """Count here, where that is wanted.

        Raises:
            FeatureNotSupportedError: There is something in it that has no tokens of text.
            ImportError: `tiktoken` is not installed.
        """
        self._provider = provider
        self._request = provider.prepare(request)
        self.counted: TokenCount | None = None
        if local is not False:
            cut = local if callable(local) else _tiktoken(local, self._request.model_name)
            tokens = sum(len(cut(text)) for text in _texts(self._request))
            self.counted = TokenCount(tokens, approximate=True)

    @property
    def provider(self) -> WireProvider:
        """Return who is asked.

        Raises:
            FeatureNotSupportedError: It is a provider that cannot be.
        """
        if isinstance(self._provider, WireProvider):
            return self._provider
        raise FeatureNotSupportedError("count of tokens", self._provider.id, self._request.model_id)

    def inquiry(self) -> tuple[Inquiry[int], str]:
        """Return what asks the vendor, and the vendor's name of the model."""
        return self.provider.count(self._request), self._request.model_name


def _tiktoken(encoding: bool | str, model_name: str) -> Callable[[str], Sized]:
    with needs("tiktoken", "tiktoken counts tokens here"):
        import tiktoken  # an extra, and large
    if isinstance(encoding, str):
        return tiktoken.get_encoding(encoding).encode_ordinary
    try:
        return tiktoken.encoding_for_model(model_name.rpartition("/")[2]).encode_ordinary
    except KeyError:  # another vendor's, or a newer one
        return tiktoken.get_encoding("o200k_base").encode_ordinary


def _texts(request: Request) -> Iterator[str]:
    """Yield what of a request is text: what was said, and the tools and the format as JSON."""
    for message in request.messages:
        if message.role == "system":
            yield message.content.text
            continue
        for part in message.content:
            match part:
                case Text():
                    yield part.text
                case Thought():
                    yield part.thought
                case ToolCall():
                    yield f"{part.name} {part.args}"
                case ToolOutput():
                    yield tool_output_text(part.result)
                    for medium in part.media:
                        raise _no_text(medium.type, request)
                case _:
                    raise _no_text(part.type, request)
    for tool in request.toolkit.tools_dict.values():
        yield json.dumps([tool.name, tool.description, tool_parameters(tool)], default=str)
    if request.format is not None:
        yield json.dumps(request.format.schema, default=str)


def _no_text(kind: str, request: Request) -> FeatureNotSupportedError:
    return FeatureNotSupportedError(
        f"local count of {kind}",
        request.provider_id,
        request.model_id,
        f"Tokens can only be counted here in text, not in {kind!r}.",
    )
