"""``mirascope ask``: one question, its answer streamed to the terminal."""

from __future__ import annotations

import argparse
import os
import sys
import time
from typing import Any

from mirascope.llm.cli.exits import Exit, UsageError, explain
from mirascope.llm.cli.formats import as_jsonable, load_format
from mirascope.llm.cli.terminal import Terminal
from mirascope.llm.exceptions import MissingAPIKeyError
from mirascope.llm.formatting import OutputParser
from mirascope.llm.messages import Message, system, user
from mirascope.llm.models import Model
from mirascope.llm.responses import AnyResponse, StreamResponse
from mirascope.llm.testing import simulate
from mirascope.llm.types.params import Params

__all__ = ["DEFAULT_MODELS", "default_model", "run"]

DEFAULT_MODELS = {
    "OPENAI_API_KEY": "openai/gpt-5-mini",
    "ANTHROPIC_API_KEY": "anthropic/claude-sonnet-4-6",
    "GOOGLE_API_KEY": "google/gemini-2.5-flash",
    "GEMINI_API_KEY": "google/gemini-2.5-flash",
}
"""Which model to ask when none is named, by the key that is there; the first one counts."""

_SIMULATED_DELAY = 0.03


def run(options: argparse.Namespace) -> Exit:
    """Ask, and return how it went."""
    terminal = Terminal()
    try:
        answer = _Answer(options, terminal)
    except (UsageError, ValueError, TypeError) as error:
        terminal.error(str(error))
        return Exit.USAGE
    try:
        answer.show()
    except KeyboardInterrupt:
        answer.stop()
        return Exit.INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:
        if os.environ.get("MIRASCOPE_DEBUG"):
            raise
        code, message = explain(error)
        terminal.error(message)
        return code
    return Exit.OK


class _Answer:
    """A question on its way, and what has come back."""

    def __init__(self, options: argparse.Namespace, terminal: Terminal) -> None:
        self._terminal = terminal
        self._format: Any = load_format(options.schema) if options.schema else None
        self._streamed: bool = options.stream
        self._thoughts: bool = options.thoughts
        params: Params = {}
        if options.thoughts:
            # Not "default", by which some vendors' models do not think at all.
            params["thinking"] = {"level": "medium", "include_thoughts": True}
        self._model = Model(options.model or default_model(), **params)
        self._messages = _messages(options.question, options.system)
        self._response: AnyResponse | None = None
        self._started = time.monotonic()

    def show(self) -> None:
        """Ask and write the answer; the simulator is asked where there is no key."""
        try:
            self._show()
        except MissingAPIKeyError as error:
            self._terminal.note(f"No {error.env_var} in the environment: the simulator answers.")
            with simulate(delay=_SIMULATED_DELAY):
                self._show()
        self._summarize()

    def stop(self) -> None:
        """Leave what has come, and close the connection."""
        self._terminal.end_line()
        response = self._response
        if isinstance(response, StreamResponse):
            response.close()
            if _grows(response):
                self._terminal.value(as_jsonable(response.parse(partial=True)))
        self._terminal.note("Interrupted: this is not the whole answer.")

    def _show(self) -> None:
        if self._streamed:
            streamed = self._model.stream(self._messages, format=self._format)
            response: AnyResponse = streamed
            self._response = response
            self._stream_value(streamed) if self._format else self._stream_text(streamed)
        else:
            response = self._model.call(self._messages, format=self._format)
            self._response = response
            for thought in response.thoughts if self._thoughts else ():
                self._terminal.note(thought.thought)
            self._terminal.text("" if self._format else response.text())
        if self._format is not None:
            self._terminal.value(as_jsonable(response.parse()))
        self._terminal.end_line()

    def _stream_text(self, response: StreamResponse[Any]) -> None:
        first = True
        for stream in response.streams():
            if stream.content_type == "text":
                self._terminal.text("" if first else "\n")
                first = False
                for delta in stream:
                    self._terminal.text(delta)
            elif stream.content_type == "thought" and self._thoughts:
                for delta in stream:
                    self._terminal.thought(delta)
                self._terminal.note("")

    def _stream_value(self, response: StreamResponse[Any]) -> None:
        if not _grows(response):
            response.finish()
            return
        with self._terminal.growing() as show:
            for partial in response.structured_stream():
                show(as_jsonable(partial))

    def _summarize(self) -> None:
        response = self._response
        if response is None:
            return
        if response.finish_reason is not None:
            self._terminal.note(f"The answer ended early: {response.finish_reason.value}.")
        told = [self._model.model_id]
        if usage := response.usage:
            told.append(f"{usage.input_tokens} tokens in, {usage.output_tokens} out")
            if usage.reasoning_tokens:
                told.append(f"{usage.reasoning_tokens} of them reasoning")
        else:
            told.append("no usage reported")
        told.append(f"{time.monotonic() - self._started:.1f} s")
        self._terminal.note(" · ".join(told))


def _grows(response: StreamResponse[Any]) -> bool:
    """Tell whether the answer is an object that can be shown in part; parsers want all of it."""
    format_ = response.format
    return format_ is not None and not isinstance(format_.formattable, OutputParser)


def default_model() -> str:
    """Return the model to ask when none is named."""
    named = os.environ.get("MIRASCOPE_MODEL")
    keyed = (model for key, model in DEFAULT_MODELS.items() if os.environ.get(key))
    return named or next(keyed, DEFAULT_MODELS["OPENAI_API_KEY"])


def _messages(question: str, instructions: str | None) -> list[Message]:
    text = sys.stdin.read() if question == "-" else question
    if not text.strip():
        raise UsageError("the question is empty")
    messages: list[Message] = [user(text)]
    return [system(instructions), *messages] if instructions else messages
