"""Responses that arrived as a whole, in four variants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, Self, overload

from typing_extensions import Unpack

from mirascope.llm.content import ToolOutput
from mirascope.llm.context import Context, DepsT
from mirascope.llm.formatting import FormatSpec, FormattableT
from mirascope.llm.messages import UserContent
from mirascope.llm.responses.asker import AnyModel, Changes
from mirascope.llm.responses.base_response import BaseResponse
from mirascope.llm.responses.flow import adrive, drive, validation
from mirascope.llm.responses.saving import LoadedDepsT, LoadedT
from mirascope.llm.responses.stream_response import (
    AsyncContextStreamResponse,
    AsyncStreamResponse,
    ContextStreamResponse,
    StreamResponse,
)
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

__all__ = ["AsyncContextResponse", "AsyncResponse", "ContextResponse", "Response"]


class Response(BaseResponse[Toolkit, FormattableT]):
    """A whole answer."""

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
    ) -> Response[LoadedT]:
        """Return the response that `to_json` wrote, of this class or any of its seven siblings.

        It is as it was, but that its `raw` is None, and it can be resumed in any process.

        Args:
            text: The text, or its bytes in UTF-8.
            tools: The tools, as they were given to the call.
            format: The format, as it was given to the call.
            model: Who is asked by `resume`: a model, or the id of one, which then has the saved
                parameters. The one that was asked when None.

        Raises:
            ValueError: It is not what `to_json` writes, a newer version wrote it, or the answer
                did not complete, which a stream response can load. The error says where, and
                never what the content was.
        """
        response: Response[LoadedT] = cls._restored(text, tools, format, model)
        return response

    def execute_tools(self) -> Sequence[ToolOutput[Jsonable]]:
        """Run the called tools and return their outputs, in the order of the calls.

        Nothing a tool raises escapes: it is in the output's `error`. So is a call of a tool that
        was not offered.
        """
        with self._watched():
            return self._with_known(self.toolkit.execute_all(self._to_run()))

    @overload
    def resume(
        self, content: UserContent, **more: Unpack[Changes[Tools]]
    ) -> Response[FormattableT]: ...
    @overload
    def resume(
        self,
        content: UserContent,
        *,
        format: FormatSpec[LoadedT] | None,
        **more: Unpack[Changes[Tools]],
    ) -> Response[LoadedT]: ...
    def resume(self, content: UserContent, **more: Any) -> Response[Any]:
        """Continue the conversation: send it all again, and `content` as a new user message.

        Tools and format stay, and the model and its parameters are those of `model`, where
        nothing else is said.

        Args:
            content: What to answer; usually the outputs of `execute_tools`.
            format: What to answer in from now on; None for no format.
            **more: ``tools``, what the model may call from now on, an empty list for nothing;
                ``model``, who is asked from now on: a model, or the id of one, which then has the
                parameters of this response.

        Raises:
            ProviderError: As a first call.
        """
        return self._asker(more).resume(response=self, content=content, **more)

    def run(self, **options: Unpack[RunOptions]) -> Self:
        """Run the called tools, send back what they return, and so on, until none is called.

        It is the loop ``while response.tool_calls: response =
        response.resume(response.execute_tools())``, with limits. It pauses at calls that have to be
        approved: see `pending_approvals`. After an error or an interruption, `run` goes on from
        where it was: what tools returned is kept, and `latest` is the answer that was reached.

        Args:
            **options: See `llm.RunOptions`: ``max_turns``, ``tool_timeout``, ``parallel``,
                ``stop_when`` and ``limits``.

        Returns:
            The last answer; itself, if it calls no tools.

        Raises:
            RunLimitExceeded: The run would exceed a limit by going on.
            ProviderError: As `resume`.
        """
        return run_to_end(self, options)

    def run_stream(self, **options: Unpack[RunOptions]) -> Run[StreamResponse[FormattableT]]:
        """Run as `run` does, and yield each answer as a stream, from the next one on.

        See `llm.Run`, and `StreamResponse.run_stream`.
        """
        return Run(self, options, (), streams=True)

    def resume_as_stream(self, content: UserContent) -> StreamResponse[FormattableT]:
        """Continue with a streamed answer; see `resume`."""
        model: Any = self.model  # whose responses are of the class that is given, to checkers
        response: StreamResponse[FormattableT] = model.resume_stream(response=self, content=content)
        return response

    def validate(self, max_retries: int = 1) -> tuple[FormattableT, Response[FormattableT]]:
        """Parse the answer; when it does not fit, tell the model why and let it try again.

        Args:
            max_retries: How often to ask again.

        Returns:
            The parsed value (None when there is no format), and the response that it comes from.

        Raises:
            ParseError: The last attempt did not fit either.
            ProviderError: Asking again failed.
        """
        return drive(
            validation(self, max_retries),
            lambda response, text: response if text is None else response.resume(text),
        )


class AsyncResponse(BaseResponse[AsyncToolkit, FormattableT]):
    """A whole answer to an asynchronous call; see `Response`."""

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
    ) -> AsyncResponse[LoadedT]:
        """Return the response that `to_json` wrote; see `Response.from_json`."""
        response: AsyncResponse[LoadedT] = cls._restored(text, tools, format, model)
        return response

    async def execute_tools(self) -> Sequence[ToolOutput[Jsonable]]:
        """Run the called tools concurrently; see `Response.execute_tools`."""
        with self._watched():
            return self._with_known(await self.toolkit.execute_all(self._to_run()))

    @overload
    async def resume(
        self, content: UserContent, **more: Unpack[Changes[AsyncTools]]
    ) -> AsyncResponse[FormattableT]: ...
    @overload
    async def resume(
        self,
        content: UserContent,
        *,
        format: FormatSpec[LoadedT] | None,
        **more: Unpack[Changes[AsyncTools]],
    ) -> AsyncResponse[LoadedT]: ...
    async def resume(self, content: UserContent, **more: Any) -> AsyncResponse[Any]:
        """Continue the conversation; see `Response.resume`."""
        return await self._asker(more).resume_async(response=self, content=content, **more)

    async def run(self, **options: Unpack[RunOptions]) -> Self:
        """Run the called tools, and so on, until none is called; see `Response.run`."""
        return await run_to_end_async(self, options)

    def run_stream(
        self, **options: Unpack[RunOptions]
    ) -> AsyncRun[AsyncStreamResponse[FormattableT]]:
        """Run, and yield the turns as streams; see `Response.run_stream`."""
        return AsyncRun(self, options, (), streams=True)

    async def resume_as_stream(self, content: UserContent) -> AsyncStreamResponse[FormattableT]:
        """Continue with a streamed answer; see `resume`."""
        model: Any = self.model  # whose responses are of the class that is given, to checkers
        response: AsyncStreamResponse[FormattableT] = await model.resume_stream_async(
            response=self, content=content
        )
        return response

    async def validate(
        self, max_retries: int = 1
    ) -> tuple[FormattableT, AsyncResponse[FormattableT]]:
        """Parse the answer, asking again if need be; see `Response.validate`."""

        async def perform(
            response: AsyncResponse[FormattableT], text: str | None
        ) -> AsyncResponse[FormattableT]:
            return response if text is None else await response.resume(text)

        return await adrive(validation(self, max_retries), perform)


class ContextResponse(
    BaseResponse[ContextToolkit[DepsT], FormattableT], Generic[DepsT, FormattableT]
):
    """A whole answer to a call with context; see `Response`."""

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
    ) -> ContextResponse[LoadedDepsT, LoadedT]:
        """Return the response that `to_json` wrote; see `Response.from_json`."""
        response: ContextResponse[LoadedDepsT, LoadedT] = cls._restored(text, tools, format, model)
        return response

    def execute_tools(self, ctx: Context[DepsT]) -> Sequence[ToolOutput[Jsonable]]:
        """Run the called tools with `ctx`; see `Response.execute_tools`."""
        with self._watched():
            return self._with_known(self.toolkit.execute_all(ctx, self._to_run()))

    @overload
    def resume(
        self,
        ctx: Context[DepsT],
        content: UserContent,
        **more: Unpack[Changes[ContextTools[DepsT]]],
    ) -> ContextResponse[DepsT, FormattableT]: ...
    @overload
    def resume(
        self,
        ctx: Context[DepsT],
        content: UserContent,
        *,
        format: FormatSpec[LoadedT] | None,
        **more: Unpack[Changes[ContextTools[DepsT]]],
    ) -> ContextResponse[DepsT, LoadedT]: ...
    def resume(
        self, ctx: Context[DepsT], content: UserContent, **more: Any
    ) -> ContextResponse[DepsT, Any]:
        """Continue the conversation; see `Response.resume`."""
        return self._asker(more).context_resume(ctx=ctx, response=self, content=content, **more)

    def run(self, ctx: Context[DepsT], **options: Unpack[RunOptions]) -> Self:
        """Run the called tools, and so on, until none is called; see `Response.run`."""
        return run_to_end(self, options, ctx)

    def run_stream(
        self, ctx: Context[DepsT], **options: Unpack[RunOptions]
    ) -> Run[ContextStreamResponse[DepsT, FormattableT]]:
        """Run, and yield the turns as streams; see `Response.run_stream`."""
        return Run(self, options, (ctx,), streams=True)

    def resume_as_stream(
        self, ctx: Context[DepsT], content: UserContent
    ) -> ContextStreamResponse[DepsT, FormattableT]:
        """Continue with a streamed answer; see `resume`."""
        model: Any = self.model  # whose responses are of the class that is given, to checkers
        response: ContextStreamResponse[DepsT, FormattableT] = model.context_resume_stream(
            ctx=ctx, response=self, content=content
        )
        return response

    def validate(
        self, ctx: Context[DepsT], max_retries: int = 1
    ) -> tuple[FormattableT, ContextResponse[DepsT, FormattableT]]:
        """Parse the answer, asking again if need be; see `Response.validate`."""
        return drive(
            validation(self, max_retries),
            lambda response, text: response if text is None else response.resume(ctx, text),
        )


class AsyncContextResponse(
    BaseResponse[AsyncContextToolkit[DepsT], FormattableT], Generic[DepsT, FormattableT]
):
    """A whole answer to an asynchronous call with context; see `Response`."""

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
    ) -> AsyncContextResponse[LoadedDepsT, LoadedT]:
        """Return the response that `to_json` wrote; see `Response.from_json`."""
        response: AsyncContextResponse[LoadedDepsT, LoadedT] = cls._restored(
            text, tools, format, model
        )
        return response

    async def execute_tools(self, ctx: Context[DepsT]) -> Sequence[ToolOutput[Jsonable]]:
        """Run the called tools concurrently with `ctx`; see `Response.execute_tools`."""
        with self._watched():
            return self._with_known(await self.toolkit.execute_all(ctx, self._to_run()))

    @overload
    async def resume(
        self,
        ctx: Context[DepsT],
        content: UserContent,
        **more: Unpack[Changes[AsyncContextTools[DepsT]]],
    ) -> AsyncContextResponse[DepsT, FormattableT]: ...
    @overload
    async def resume(
        self,
        ctx: Context[DepsT],
        content: UserContent,
        *,
        format: FormatSpec[LoadedT] | None,
        **more: Unpack[Changes[AsyncContextTools[DepsT]]],
    ) -> AsyncContextResponse[DepsT, LoadedT]: ...
    async def resume(
        self, ctx: Context[DepsT], content: UserContent, **more: Any
    ) -> AsyncContextResponse[DepsT, Any]:
        """Continue the conversation; see `Response.resume`."""
        return await self._asker(more).context_resume_async(
            ctx=ctx, response=self, content=content, **more
        )

    async def run(self, ctx: Context[DepsT], **options: Unpack[RunOptions]) -> Self:
        """Run the called tools, and so on, until none is called; see `Response.run`."""
        return await run_to_end_async(self, options, ctx)

    def run_stream(
        self, ctx: Context[DepsT], **options: Unpack[RunOptions]
    ) -> AsyncRun[AsyncContextStreamResponse[DepsT, FormattableT]]:
        """Run, and yield the turns as streams; see `Response.run_stream`."""
        return AsyncRun(self, options, (ctx,), streams=True)

    async def resume_as_stream(
        self, ctx: Context[DepsT], content: UserContent
    ) -> AsyncContextStreamResponse[DepsT, FormattableT]:
        """Continue with a streamed answer; see `resume`."""
        model: Any = self.model  # whose responses are of the class that is given, to checkers
        response: AsyncContextStreamResponse[
            DepsT, FormattableT
        ] = await model.context_resume_stream_async(ctx=ctx, response=self, content=content)
        return response

    async def validate(
        self, ctx: Context[DepsT], max_retries: int = 1
    ) -> tuple[FormattableT, AsyncContextResponse[DepsT, FormattableT]]:
        """Parse the answer, asking again if need be; see `Response.validate`."""

        async def perform(
            response: AsyncContextResponse[DepsT, FormattableT], text: str | None
        ) -> AsyncContextResponse[DepsT, FormattableT]:
            return response if text is None else await response.resume(ctx, text)

        return await adrive(validation(self, max_retries), perform)
