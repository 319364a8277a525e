"""Responses that arrive bit by bit, in four variants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, Self, overload

from typing_extensions import Unpack

from mirascope.llm.content import ToolOutput
from mirascope.llm.context import Context, DepsT
from mirascope.llm.formatting import FormatSpec, FormattableT
from mirascope.llm.messages import UserContent
from mirascope.llm.responses.asker import AnyModel, Changes
from mirascope.llm.responses.base_stream_response import (
    BaseAsyncStreamResponse,
    BaseSyncStreamResponse,
)
from mirascope.llm.responses.flow import adrive, drive, validation
from mirascope.llm.responses.saving import LoadedDepsT, LoadedT
from mirascope.llm.running import AsyncRun, Run, RunOptions
from mirascope.llm.running.runs import run_to_end, run_to_end_async
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
            return self._with_known(self.toolkit.execute_all(self._to_run()))

    @overload
    def resume(
        self, content: UserContent, **more: Unpack[Changes[Tools]]
    ) -> StreamResponse[FormattableT]: ...
    @overload
    def resume(
        self,
        content: UserContent,
        *,
        format: FormatSpec[LoadedT] | None,
        **more: Unpack[Changes[Tools]],
    ) -> StreamResponse[LoadedT]: ...
    def resume(self, content: UserContent, **more: Any) -> StreamResponse[Any]:
        """Continue the conversation with what has arrived so far; see `Response.resume`.

        The stream is neither read on nor closed.
        """
        return self._asker(more).resume_stream(response=self, content=content, **more)

    def run(self, **options: Unpack[RunOptions]) -> Self:
        """Read the stream, run the called tools, and so on; see `Response.run`.

        Each answer is streamed, and read to its end: eager tools begin meanwhile.
        """
        return run_to_end(self, options)

    def run_stream(self, **options: Unpack[RunOptions]) -> Run[StreamResponse[FormattableT]]:
        """Run as `run` does, and yield each turn as a stream, to be read as you like.

        Such as::

            for turn in response.run_stream():
                for text in turn.text_stream():
                    print(text, end="", flush=True)

        The first turn is this response, unless it has been read to its end. `Run.response` is the
        last one, in the end.

        Args:
            **options: See `llm.RunOptions`.
        """
        return Run(self, options, (), streams=True)

    def resume_as_stream(self, content: UserContent) -> StreamResponse[FormattableT]:
        """Continue with a streamed answer; see `resume`."""
        return self.resume(content)

    def validate(self, max_retries: int = 1) -> tuple[FormattableT, StreamResponse[FormattableT]]:
        """Read the stream to its end and parse the answer, asking again if it does not fit.

        Args:
            max_retries: How often to ask again, each time telling the model what did not fit.

        Returns:
            The parsed value (None when there is no format), and the response that it comes from,
            which has been read.

        Raises:
            ParseError: The last attempt did not fit either.
            ProviderError: Reading failed, or asking again did. `StreamTruncatedError` if an answer
                ended before it was complete, which is not asked again; see `llm.recover`.
        """

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
            return self._with_known(await self.toolkit.execute_all(self._to_run()))

    @overload
    async def resume(
        self, content: UserContent, **more: Unpack[Changes[AsyncTools]]
    ) -> AsyncStreamResponse[FormattableT]: ...
    @overload
    async def resume(
        self,
        content: UserContent,
        *,
        format: FormatSpec[LoadedT] | None,
        **more: Unpack[Changes[AsyncTools]],
    ) -> AsyncStreamResponse[LoadedT]: ...
    async def resume(self, content: UserContent, **more: Any) -> AsyncStreamResponse[Any]:
        """Continue with what has arrived so far; see `StreamResponse.resume`."""
        return await self._asker(more).resume_stream_async(response=self, content=content, **more)

    async def run(self, **options: Unpack[RunOptions]) -> Self:
        """Run the called tools, and so on, until none is called; see `StreamResponse.run`."""
        return await run_to_end_async(self, options)

    def run_stream(
        self, **options: Unpack[RunOptions]
    ) -> AsyncRun[AsyncStreamResponse[FormattableT]]:
        """Run, and yield the turns as streams; see `StreamResponse.run_stream`."""
        return AsyncRun(self, options, (), streams=True)

    async def resume_as_stream(self, content: UserContent) -> AsyncStreamResponse[FormattableT]:
        """Continue with a streamed answer; see `resume`."""
        return await self.resume(content)

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
            return self._with_known(self.toolkit.execute_all(ctx, self._to_run()))

    @overload
    def resume(
        self,
        ctx: Context[DepsT],
        content: UserContent,
        **more: Unpack[Changes[ContextTools[DepsT]]],
    ) -> ContextStreamResponse[DepsT, FormattableT]: ...
    @overload
    def resume(
        self,
        ctx: Context[DepsT],
        content: UserContent,
        *,
        format: FormatSpec[LoadedT] | None,
        **more: Unpack[Changes[ContextTools[DepsT]]],
    ) -> ContextStreamResponse[DepsT, LoadedT]: ...
    def resume(
        self, ctx: Context[DepsT], content: UserContent, **more: Any
    ) -> ContextStreamResponse[DepsT, Any]:
        """Continue with what has arrived so far; see `StreamResponse.resume`."""
        return self._asker(more).context_resume_stream(
            ctx=ctx, response=self, content=content, **more
        )

    def run(self, ctx: Context[DepsT], **options: Unpack[RunOptions]) -> Self:
        """Run the called tools, and so on, until none is called; see `StreamResponse.run`."""
        return run_to_end(self, options, ctx)

    def run_stream(
        self, ctx: Context[DepsT], **options: Unpack[RunOptions]
    ) -> Run[ContextStreamResponse[DepsT, FormattableT]]:
        """Run, and yield the turns as streams; see `StreamResponse.run_stream`."""
        return Run(self, options, (ctx,), streams=True)

    def resume_as_stream(
        self, ctx: Context[DepsT], content: UserContent
    ) -> ContextStreamResponse[DepsT, FormattableT]:
        """Continue with a streamed answer; see `resume`."""
        return self.resume(ctx, content)

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
            return self._with_known(await self.toolkit.execute_all(ctx, self._to_run()))

    @overload
    async def resume(
        self,
        ctx: Context[DepsT],
        content: UserContent,
        **more: Unpack[Changes[AsyncContextTools[DepsT]]],
    ) -> AsyncContextStreamResponse[DepsT, FormattableT]: ...
    @overload
    async def resume(
        self,
        ctx: Context[DepsT],
        content: UserContent,
        *,
        format: FormatSpec[LoadedT] | None,
        **more: Unpack[Changes[AsyncContextTools[DepsT]]],
    ) -> AsyncContextStreamResponse[DepsT, LoadedT]: ...
    async def resume(
        self, ctx: Context[DepsT], content: UserContent, **more: Any
    ) -> AsyncContextStreamResponse[DepsT, Any]:
        """Continue with what has arrived so far; see `StreamResponse.resume`."""
        return await self._asker(more).context_resume_stream_async(
            ctx=ctx, response=self, content=content, **more
        )

    async def run(self, ctx: Context[DepsT], **options: Unpack[RunOptions]) -> Self:
        """Run the called tools, and so on, until none is called; see `StreamResponse.run`."""
        return await run_to_end_async(self, options, ctx)

    def run_stream(
        self, ctx: Context[DepsT], **options: Unpack[RunOptions]
    ) -> AsyncRun[AsyncContextStreamResponse[DepsT, FormattableT]]:
        """Run, and yield the turns as streams; see `StreamResponse.run_stream`."""
        return AsyncRun(self, options, (ctx,), streams=True)

    async def resume_as_stream(
        self, ctx: Context[DepsT], content: UserContent
    ) -> AsyncContextStreamResponse[DepsT, FormattableT]:
        """Continue with a streamed answer; see `resume`."""
        return await self.resume(ctx, content)

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
