"""Structured answers that arrive in pieces."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, Generic

from typing_extensions import TypeVar

from ._reading import ToolDelta
from ._shape import Shape, json_text
from .stream import BaseStream

__all__ = ["BaseStructuredStream"]

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
        json_mode: bool,
    ) -> None:
        """Wrap a stream; nothing is read yet."""
        self.stream = stream
        self.response_model = response_model
        self.fields_from_call_args = fields_from_call_args
        self._shape = shape
        self._json_mode = json_mode
        self._text = ""
        self._seen = ""
        self._started = False

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
        reading = chunk._reading
        self._text += reading.text if self._json_mode else _arguments(reading.tools)
        if not self._started:
            # Models like to say something before the object.
            start = self._text.find("{")
            if start < 0:
                return None
            self._text, self._started = self._text[start:], True
        if self._text == self._seen:
            return None
        self._seen = self._text
        return self._shape.read_partial(self._text)

    def _complete(self) -> _ResponseModelT:
        try:
            # A model that ignored the tool may still have answered in JSON.
            text = self._text or self.stream.content
            result: _ResponseModelT = self._shape.read(json_text(text))
        except ValueError as error:
            error._response = self.stream.construct_call_response()  # type: ignore[attr-defined]  # documented
            raise
        self.constructed_response_model = result
        return result


def _arguments(deltas: Sequence[ToolDelta]) -> str:
    """Take the next characters of the answer; some vendors send it all at once, as an object."""
    return "".join(
        piece if isinstance(piece, str) else json.dumps(piece)
        for _, _, _, piece, _ in deltas
        if piece is not None
    )
