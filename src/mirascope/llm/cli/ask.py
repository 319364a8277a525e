"""``mirascope ask``: one question, its answer streamed to the terminal."""

from __future__ import annotations

import argparse
import os
from contextlib import ExitStack, suppress
from dataclasses import asdict
from typing import Any

from mirascope.llm.cli.asking import (
    SIMULATED_DELAY,
    instructions,
    make_asking,
    make_question,
    templated,
)
from mirascope.llm.cli.blocks import first_code
from mirascope.llm.cli.conversations import Conversation
from mirascope.llm.cli.defaults import DEFAULT_MODELS
from mirascope.llm.cli.exchange import AnyAnswer, Exchange
from mirascope.llm.cli.exits import Exit, OutputError, UsageError, explain, one_line
from mirascope.llm.cli.formats import as_jsonable, load_format
from mirascope.llm.cli.question import read_question
from mirascope.llm.cli.record import tokens_told
from mirascope.llm.cli.settings import load_settings
from mirascope.llm.cli.signals import interruptible
from mirascope.llm.cli.tables import folded
from mirascope.llm.cli.terminal import Terminal
from mirascope.llm.exceptions import MissingAPIKeyError, StreamRestarted
from mirascope.llm.formatting import OutputParser
from mirascope.llm.providers.catalog import ROWS
from mirascope.llm.responses import StreamResponse
from mirascope.llm.responses.streams import Stream

__all__ = ["run"]


def run(options: argparse.Namespace) -> Exit:
    """Ask, and return how it went."""
    terminal = Terminal()
    with ExitStack() as stack:
        try:
            answer = _Answer(options, terminal, stack)
        except Exception as error:
            return terminal.failure(error, ValueError, TypeError)
        try:
            answer.show()
        except KeyboardInterrupt:
            answer.stop()
            return Exit.INTERRUPTED
        except OutputError:
            answer.end("whoever reads the answer has left")
            raise
        except MissingAPIKeyError as error:
            terminal.error(one_line(_how_to_get_an_answer(error, options.model)))
            return Exit.USAGE
        except Exception as error:
            code, message = explain(error)
            terminal.error(message)
            answer.end(message)
            return code
    return Exit.OK


class _Answer:
    """A question on its way, and what has come back."""

    def __init__(self, options: argparse.Namespace, terminal: Terminal, stack: ExitStack) -> None:
        self._terminal = terminal
        template = templated(options)
        schema = options.schema or template.schema
        self._format: Any = load_format(schema) if schema else None
        self._streamed: bool = options.stream
        self._as_json: bool = options.json
        self._extracts: bool = options.extract
        if self._extracts and self._format is not None:
            raise UsageError("--extract is for code in a text, --schema for an object")
        self._costed: bool = options.cost
        self._thoughts: bool = options.thoughts
        settings = load_settings()
        go_on = options.go_on or options.conversation
        before = Conversation.logged(options.conversation) if go_on else Conversation()
        if told := instructions(options, template):
            before.instruct(told)
        self._asking = make_asking(options, settings, before.model, stack)
        attached = "-" in options.attach
        question = ""
        if options.question is not None or template.wants_input:
            question = read_question(options.question, terminal.note, attached=attached)
        question = template.asking(question)
        self._message = make_question(question, options.attach)
        self._exchange = Exchange(
            before,
            question,
            self._asking.model.model_id,
            # What is made up would pass for an answer there.
            logged=settings.logging and options.log and not options.simulate,
        )
        self._whole = False
        if options.simulate:
            from mirascope.llm.testing import simulate  # most questions are for real models

            terminal.note("The simulator answers, and makes it up.")
            stack.enter_context(simulate(delay=SIMULATED_DELAY))

    def show(self) -> None:
        """Ask and write the answer."""
        record = self._exchange.record
        response = self._exchange.run(
            self._asking,
            self._message,
            self._show_turn,
            self._terminal,
            streamed=self._streamed,
            format=self._format,
        )
        record.seconds = self._exchange.elapsed()
        if self._costed and (cost := self._exchange.cost()) is not None:
            record.cost = str(cost)
        if self._format is not None:
            record.value = as_jsonable(response.parse())
        if self._as_json:
            self._terminal.value(asdict(record))
        elif self._format is not None:
            self._terminal.value(record.value)
        elif self._extracts:
            code = first_code(record.text)
            self._terminal.text(record.text if code is None else code)
        self._terminal.end_line()
        self._whole = True
        self._summarize()
        self.end()

    def stop(self) -> None:
        """Leave the text that has come, and close the connection.

        Of an object, or of code, nothing is written: a part of it would look like all of it.
        """
        self._exchange.stop()
        with suppress(OutputError):  # Ctrl-C ends whoever reads us, too
            self._terminal.end_line()
        what = "" if self._whole else ": this is not the whole answer"
        self._terminal.note(f"Interrupted{what}.")
        self.end()

    def end(self, error: str | None = None) -> None:
        """Log the answer as far as it has come, and what went wrong."""
        self._exchange.end(self._terminal, error)

    def _show_turn(self, response: AnyAnswer) -> None:
        if not isinstance(response, StreamResponse):
            interruptible()
            for thought in response.thoughts if self._thoughts else ():
                self._terminal.note(thought.thought)
            self._text("" if self._format else response.text())
            return
        while True:
            try:
                next(response.chunk_stream(), None)
                interruptible()
                self._stream_value(response) if self._format else self._stream_text(response)
                return
            except StreamRestarted:  # only objects begin again, and of them nothing is written
                self._terminal.note("The answer broke off, and begins again.")

    def _text(self, text: str) -> None:
        if not (self._as_json or self._extracts):
            self._terminal.text(text)

    def _stream_text(self, response: StreamResponse[Any]) -> None:
        first = True
        for stream in response.streams():
            if stream.content_type == "text":
                self._text("" if first else "\n")
                first = False
                for delta in stream:
                    self._text(delta)
            else:
                self._stream_thought(stream)

    def _stream_value(self, response: StreamResponse[Any]) -> None:
        streams = response.streams()
        for stream in streams:  # thoughts as they come, up to where the object begins
            if stream.content_type != "thought":
                break
            self._stream_thought(stream)
        if _grows(response) and not self._as_json:
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
        record = self._exchange.record
        if record.finish_reason is not None:
            self._terminal.note(f"The answer ended early: {record.finish_reason}.")
        cost = [record.cost or "cost unknown"] if self._costed else []
        told = [record.model, *tokens_told(record.usage), *cost, f"{record.seconds:.1f} s"]
        self._terminal.note(folded(told, " · "))


def _grows(response: StreamResponse[Any]) -> bool:
    """Tell whether the answer is an object that can be shown in part; parsers want all of it."""
    format_ = response.format
    return format_ is not None and not isinstance(format_.formattable, OutputParser)


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
