"""Structured answers that arrive in pieces."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Generic

from typing_extensions import TypeVar

from .pair_stream import BaseStream
from .shape import Shape, json_text

__all__ = ["BaseStructuredStream", "arguments_of", "text_of"]

_ResponseModelT = TypeVar("_ResponseModelT", default=Any)


class BaseStructuredStream(Generic[_ResponseModelT]):
    """Partial instances of a response model, then the validated one.

    Attributes:
        stream: The stream underneath.
        response_model: What the answer is read into.
        fields_from_call_args: The fields that came from the call's arguments.
        constructed_response_model: The answer; set at the end.
    """

    constructed_response_model: _ResponseModelT

    def __init__(
        self,
        *,
        stream: BaseStream[Any, Any],
        response_model: type[_ResponseModelT],
        fields_from_call_args: dict[str, Any],
        shape: Shape,
        text_of: Callable[[Any], str],
    ) -> None:
        """Wrap a stream; nothing is read yet.

        Args:
            stream: The stream.
            response_model: What the answer is read into.
            fields_from_call_args: The fields that came from the call's arguments.
            shape: How the answer is read.
            text_of: Gives what a chunk adds to the JSON of the answer.
        """
        self.stream = stream
        self.response_model = response_model
        self.fields_from_call_args = fields_from_call_args
        self._shape = shape
        self._text_of = text_of
        self._reader = shape.reader()
        self._pieces: list[str] = []

    def __iter__(self) -> Iterator[_ResponseModelT]:
        """Read the stream; the last value is complete and validated.

        Raises:
            ValidationError: If the complete answer doesn't fit.
        """
        for chunk, _ in self.stream:
            partial = self._take(chunk)
            if partial is not None:
                yield partial
        yield self._complete()

    async def __aiter__(self) -> AsyncIterator[_ResponseModelT]:
        """Read the stream from asynchronous code."""
        async for chunk, _ in self.stream:
            partial = self._take(chunk)
            if partial is not None:
                yield partial
        yield self._complete()

    def _take(self, chunk: Any) -> Any:
        """Read one chunk; None where it adds nothing to the answer."""
        text = self._text_of(chunk)
        self._pieces.append(text)
        if not text or not self._reader.feed(text):
            return None
        return self._shape.partial(self._reader.value)

    def _complete(self) -> _ResponseModelT:
        # A model that ignored the tool may still have answered in JSON.
        text = "".join(self._pieces) or self.stream.content
        try:
            result: _ResponseModelT = self._shape.read(json_text(text))
        except ValueError as error:
            error._response = self.stream.construct_call_response()  # type: ignore[attr-defined]  # documented
            raise
        self.constructed_response_model = result
        return result


def text_of(chunk: Any) -> str:
    """Take what a chunk adds to an answer that is the text."""
    return str(chunk.content)


def arguments_of(chunk: Any) -> str:
    """Take what a chunk adds to an answer that is a tool call; some vendors send it at once."""
    return "".join(
        delta.arguments if isinstance(delta.arguments, str) else json.dumps(delta.arguments)
        for delta in chunk.reading.tools
        if delta.arguments is not None
    )
