"""``mirascope ask``: one question, its answer streamed to the terminal."""

from __future__ import annotations

import argparse
import os
import time
from contextlib import nullcontext, suppress
from typing import Any

from mirascope.llm.cli.exits import Exit, OutputError, UsageError, explain, one_line
from mirascope.llm.cli.formats import as_jsonable, load_format
from mirascope.llm.cli.question import checked, read_question
from mirascope.llm.cli.signals import interruptible
from mirascope.llm.cli.terminal import Terminal
from mirascope.llm.exceptions import MissingAPIKeyError
from mirascope.llm.formatting import OutputParser
from mirascope.llm.messages import Message, system, user
from mirascope.llm.models import Model
from mirascope.llm.providers.catalog import ROWS
from mirascope.llm.responses import AnyResponse, StreamResponse
from mirascope.llm.responses.streams import Stream
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
        terminal.error(one_line(str(error)))
        return Exit.USAGE
    try:
        answer.show()
    except KeyboardInterrupt:
        answer.stop()
        return Exit.INTERRUPTED
    except OutputError:
        raise
    except MissingAPIKeyError as error:
        terminal.error(one_line(_how_to_get_an_answer(error, options.model)))
        return Exit.USAGE
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
        self._simulated: bool = options.simulate
        params: Params = {}
        if options.thoughts:
            # Not "default", by which some vendors' models do not think at all.
            params["thinking"] = {"level": "medium", "include_thoughts": True}
        self._model = Model(options.model or default_model(), **params)
        question = read_question(options.question, terminal.note)
        self._messages = _messages(question, options.system)
        self._response: AnyResponse | None = None
        self._whole = False
        self._started = time.monotonic()

    def show(self) -> None:
        """Ask and write the answer."""
        if self._simulated:
            self._terminal.note("The simulator answers, and makes it up.")
        with simulate(delay=_SIMULATED_DELAY) if self._simulated else nullcontext():
            self._show()
        self._whole = True
        self._summarize()

    def stop(self) -> None:
        """Leave the text that has come, and close the connection.

        Of an object nothing is written: as JSON a part of it would look like all of it.
        """
        if isinstance(self._response, StreamResponse):
            self._response.close()
        with suppress(OutputError):  # Ctrl-C ends whoever reads us, too
            self._terminal.end_line()
        what = "" if self._whole else ": this is not the whole answer"
        self._terminal.note(f"Interrupted{what}.")

    def _show(self) -> None:
        if self._streamed:
            streamed = self._model.stream(self._messages, format=self._format)
            response: AnyResponse = streamed
            self._response = response
            next(streamed.chunk_stream(), None)
            interruptible()
            self._stream_value(streamed) if self._format else self._stream_text(streamed)
        else:
            response = self._model.call(self._messages, format=self._format)
            self._response = response
            interruptible()
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
            else:
                self._stream_thought(stream)

    def _stream_value(self, response: StreamResponse[Any]) -> None:
        streams = response.streams()
        for stream in streams:  # thoughts as they come, up to where the object begins
            if stream.content_type != "thought":
                break
            self._stream_thought(stream)
        if _grows(response):
            with self._terminal.growing() as show:
                for partial in response.structured_stream():
                    show(as_jsonable(partial))
        for stream in streams:  # and what else there is, which would disturb an object that grows
            self._stream_thought(stream)

    def _stream_thought(self, stream: Stream) -> None:
        if stream.content_type == "thought" and self._thoughts:
            for delta in stream:
                self._terminal.thought(delta)
            self._terminal.note("")

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


def _how_to_get_an_answer(error: MissingAPIKeyError, model: str | None) -> str:
    row = ROWS.get(error.provider_id)
    if row is None or any(os.environ.get(name) for name in row.key_env):
        return str(error)  # there is more to it than a variable that is not set
    model = model or os.environ.get("MIRASCOPE_MODEL")
    missing, keys = (f" for {model}", row.key_env) if model else ("", DEFAULT_MODELS)
    return (
        f"no API key{missing} in the environment: set {' or '.join(keys)} (or "
        f"{row.base_url_env[0]}, for a server of your own that needs none), or ask with "
        "--simulate for a made-up answer"
    )


def _messages(question: str, instructions: str | None) -> list[Message]:
    messages: list[Message] = [user(question)]
    if instructions:
        messages.insert(0, system(checked(instructions, "--system")))
    return messages
