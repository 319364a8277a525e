"""Responses that arrive bit by bit, in four variants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic

from mirascope.llm.content import ToolOutput
from mirascope.llm.context import Context, DepsT
from mirascope.llm.formatting import FormatSpec, FormattableT
from mirascope.llm.messages import UserContent
from mirascope.llm.responses.asker import AnyModel
from mirascope.llm.responses.base_stream_response import (
    BaseAsyncStreamResponse,
    BaseSyncStreamResponse,
)
from mirascope.llm.responses.flow import adrive, drive, validation
from mirascope.llm.responses.saving import LoadedDepsT, LoadedT
from mirascope.llm.tools import (
    AsyncContextToolkit,
    AsyncContextTools,
    AsyncToolkit,
    AsyncTools,
    ContextToolkit,
    ContextTools,
    Toolkit,
    Tools,
    normalize_async_context_tools,
    normalize_async_tools,
    normalize_context_tools,
    normalize_tools,
)
from mirascope.llm.types.jsonable import Jsonable

__all__ = [
    "AsyncContextStreamResponse",
    "AsyncStreamResponse",
    "ContextStreamResponse",
    "StreamResponse",
]


class StreamResponse(BaseSyncStreamResponse[Toolkit, FormattableT]):
    """A streamed answer."""

    def _toolkit_of(self, tools: Any) -> Toolkit:
        return normalize_tools(tools)

    @classmethod
    def from_json(
        cls,
        text: str | bytes,
        *,
        tools: Tools | None = None,
        format: FormatSpec[LoadedT] | None = None,
        model: AnyModel | str | None = None,
    ) -> StreamResponse[LoadedT]:
        """Return the response that `to_json` wrote, over and read; see `Response.from_json`.

        Iterating it replays what had arrived, and then ends, or raises again what ended the answer.
        Raw stream events are not saved.
        """
        response: StreamResponse[LoadedT] = cls._restored(text, tools, format, model)
        return response

    def execute_tools(self) -> Sequence[ToolOutput[Jsonable]]:
        """Run the tool calls that are complete so far; see `Response.execute_tools`.

        The stream is not read on.
        """
        with self._watched():
            return self.toolkit.execute_all(self.tool_calls)

    def resume(self, content: UserContent) -> StreamResponse[FormattableT]:
        """Continue the conversation with what has arrived so far; see `Response.resume`.

        The stream is neither read on nor closed.
        """
        return self.model.resume_stream(response=self, content=content)

    def validate(self, max_retries: int = 1) -> tuple[FormattableT, StreamResponse[FormattableT]]:
        """Read the stream to its end and parse the answer; see `Response.validate`."""

        def perform(
            response: StreamResponse[FormattableT], text: str | None
        ) -> StreamResponse[FormattableT]:
            if text is not None:
                response = response.resume(text)
            response.finish()
            return response

        return drive(validation(self, max_retries), perform)


class AsyncStreamResponse(BaseAsyncStreamResponse[AsyncToolkit, FormattableT]):
    """A streamed answer to an asynchronous call; see `StreamResponse`."""

    def _toolkit_of(self, tools: Any) -> AsyncToolkit:
        return normalize_async_tools(tools)

    @classmethod
    def from_json(
        cls,
        text: str | bytes,
        *,
        tools: AsyncTools | None = None,
        format: FormatSpec[LoadedT] | None = None,
        model: AnyModel | str | None = None,
    ) -> AsyncStreamResponse[LoadedT]:
        """Return the response that `to_json` wrote; see `StreamResponse.from_json`."""
        response: AsyncStreamResponse[LoadedT] = cls._restored(text, tools, format, model)
        return response

    async def execute_tools(self) -> Sequence[ToolOutput[Jsonable]]:
        """Run the tool calls that are complete so far; see `StreamResponse.execute_tools`."""
        with self._watched():
            return await self.toolkit.execute_all(self.tool_calls)

    async def resume(self, content: UserContent) -> AsyncStreamResponse[FormattableT]:
        """Continue with what has arrived so far; see `StreamResponse.resume`."""
        return await self.model.resume_stream_async(response=self, content=content)

    async def validate(
        self, max_retries: int = 1
    ) -> tuple[FormattableT, AsyncStreamResponse[FormattableT]]:
        """Read to the end and parse, asking again if need be; see `StreamResponse.validate`."""

        async def perform(
            response: AsyncStreamResponse[FormattableT], text: str | None
        ) -> AsyncStreamResponse[FormattableT]:
            if text is not None:
                response = await response.resume(text)
            await response.finish()
            return response

        return await adrive(validation(self, max_retries), perform)


class ContextStreamResponse(
    BaseSyncStreamResponse[ContextToolkit[DepsT], FormattableT], Generic[DepsT, FormattableT]
):
    """A streamed answer to a call with context; see `StreamResponse`."""

    def _toolkit_of(self, tools: Any) -> ContextToolkit[DepsT]:
        return normalize_context_tools(tools)

    @classmethod
    def from_json(
        cls,
        text: str | bytes,
        *,
        tools: ContextTools[LoadedDepsT] | None = None,
        format: FormatSpec[LoadedT] | None = None,
        model: AnyModel | str | None = None,
    ) -> ContextStreamResponse[LoadedDepsT, LoadedT]:
        """Return the response that `to_json` wrote; see `StreamResponse.from_json`."""
        response: ContextStreamResponse[LoadedDepsT, LoadedT] = cls._restored(
            text, tools, format, model
        )
        return response

    def execute_tools(self, ctx: Context[DepsT]) -> Sequence[ToolOutput[Jsonable]]:
        """Run the tool calls that are complete so far; see `StreamResponse.execute_tools`."""
        with self._watched():
            return self.toolkit.execute_all(ctx, self.tool_calls)

    def resume(
        self, ctx: Context[DepsT], content: UserContent
    ) -> ContextStreamResponse[DepsT, FormattableT]:
        """Continue with what has arrived so far; see `StreamResponse.resume`."""
        return self.model.context_resume_stream(ctx=ctx, response=self, content=content)

    def validate(
        self, ctx: Context[DepsT], max_retries: int = 1
    ) -> tuple[FormattableT, ContextStreamResponse[DepsT, FormattableT]]:
        """Read to the end and parse, asking again if need be; see `StreamResponse.validate`."""

        def perform(
            response: ContextStreamResponse[DepsT, FormattableT], text: str | None
        ) -> ContextStreamResponse[DepsT, FormattableT]:
            if text is not None:
                response = response.resume(ctx, text)
            response.finish()
            return response

        return drive(validation(self, max_retries), perform)


class AsyncContextStreamResponse(
    BaseAsyncStreamResponse[AsyncContextToolkit[DepsT], FormattableT], Generic[DepsT, FormattableT]
):
    """A streamed answer to an asynchronous call with context; see `StreamResponse`."""

    def _toolkit_of(self, tools: Any) -> AsyncContextToolkit[DepsT]:
        return normalize_async_context_tools(tools)

    @classmethod
    def from_json(
        cls,
        text: str | bytes,
        *,
        tools: AsyncContextTools[LoadedDepsT] | None = None,
        format: FormatSpec[LoadedT] | None = None,
        model: AnyModel | str | None = None,
    ) -> AsyncContextStreamResponse[LoadedDepsT, LoadedT]:
        """Return the response that `to_json` wrote; see `StreamResponse.from_json`."""
        response: AsyncContextStreamResponse[LoadedDepsT, LoadedT] = cls._restored(
            text, tools, format, model
        )
        return response

    async def execute_tools(self, ctx: Context[DepsT]) -> Sequence[ToolOutput[Jsonable]]:
        """Run the tool calls that are complete so far; see `StreamResponse.execute_tools`."""
        with self._watched():
            return await self.toolkit.execute_all(ctx, self.tool_calls)

    async def resume(
        self, ctx: Context[DepsT], content: UserContent
    ) -> AsyncContextStreamResponse[DepsT, FormattableT]:
        """Continue with what has arrived so far; see `StreamResponse.resume`."""
        return await self.model.context_resume_stream_async(ctx=ctx, response=self, content=content)

    async def validate(
        self, ctx: Context[DepsT], max_retries: int = 1
    ) -> tuple[FormattableT, AsyncContextStreamResponse[DepsT, FormattableT]]:
        """Read to the end and parse, asking again if need be; see `StreamResponse.validate`."""

        async def perform(
            response: AsyncContextStreamResponse[DepsT, FormattableT], text: str | None
        ) -> AsyncContextStreamResponse[DepsT, FormattableT]:
            if text is not None:
                response = await response.resume(ctx, text)
            await response.finish()
            return response

        return await adrive(validation(self, max_retries), perform)
