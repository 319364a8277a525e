"""``mirascope ask``: one question, its answer streamed to the terminal."""

from __future__ import annotations

import argparse
import os
import time
from contextlib import ExitStack, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from mirascope.llm.cli.asking import SIMULATED_DELAY, instructions, make_asking, make_question
from mirascope.llm.cli.conversations import Conversation
from mirascope.llm.cli.defaults import DEFAULT_MODELS
from mirascope.llm.cli.exits import Exit, OutputError, UsageError, explain, one_line
from mirascope.llm.cli.formats import as_jsonable, load_format
from mirascope.llm.cli.log_book import LogError
from mirascope.llm.cli.question import read_question
from mirascope.llm.cli.record import Record, add_turn, tokens_told
from mirascope.llm.cli.settings import load_settings
from mirascope.llm.cli.signals import interruptible
from mirascope.llm.cli.terminal import Terminal
from mirascope.llm.cli.tool_runs import MAX_TURNS, run_tools
from mirascope.llm.exceptions import MissingAPIKeyError, StreamRestarted
from mirascope.llm.formatting import OutputParser
from mirascope.llm.providers.catalog import ROWS
from mirascope.llm.responses import Response, StreamResponse
from mirascope.llm.responses.streams import Stream

__all__ = ["run"]


def run(options: argparse.Namespace) -> Exit:
    """Ask, and return how it went."""
    terminal = Terminal()
    with ExitStack() as stack:
        try:
            answer = _Answer(options, terminal, stack)
        except (UsageError, ValueError, TypeError) as error:
            terminal.error(one_line(str(error)))
            return Exit.USAGE
        except Exception as error:
            return _failed(error, terminal)
        try:
            answer.show()
        except KeyboardInterrupt:
            answer.stop()
            return Exit.INTERRUPTED
        except OutputError:
            answer.log("whoever reads the answer has left")
            raise
        except MissingAPIKeyError as error:
            terminal.error(one_line(_how_to_get_an_answer(error, options.model)))
            return Exit.USAGE
        except Exception as error:
            code = _failed(error, terminal)
            answer.log(explain(error)[1])
            return code
    return Exit.OK


def _failed(error: Exception, terminal: Terminal) -> Exit:
    if os.environ.get("MIRASCOPE_DEBUG"):
        raise error
    code, message = explain(error)
    terminal.error(message)
    return code


class _Answer:
    """A question on its way, and what has come back."""

    def __init__(self, options: argparse.Namespace, terminal: Terminal, stack: ExitStack) -> None:
        self._terminal = terminal
        self._format: Any = load_format(options.schema) if options.schema else None
        self._streamed: bool = options.stream
        self._as_json: bool = options.json
        self._thoughts: bool = options.thoughts
        settings = load_settings()
        go_on = options.go_on or options.conversation
        self._before = Conversation.logged(options.conversation) if go_on else Conversation()
        if told := instructions(options):
            self._before.instruct(told)
        # What is made up would pass for an answer there.
        self._logged: bool = settings.logging and options.log and not options.simulate
        self._asking = make_asking(options, settings, self._before.model, stack)
        attached = "-" in options.attach
        question = read_question(options.question, terminal.note, attached=attached)
        self._messages = [*self._before.messages, make_question(question, options.attach)]
        self._record = Record(
            model=self._asking.model.model_id,
            question=question,
            started=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        self._response: Response[Any] | StreamResponse[Any] | None = None
        self._added = False
        self._whole = False
        self._started = time.monotonic()
        if options.simulate:
            from mirascope.llm.testing import simulate  # most questions are for real models

            terminal.note("The simulator answers, and makes it up.")
            stack.enter_context(simulate(delay=SIMULATED_DELAY))

    def show(self) -> None:
        """Ask and write the answer."""
        response = self._asking.ask(self._messages, streamed=self._streamed, format=self._format)
        for _ in range(MAX_TURNS):
            self._response, self._added = response, False
            self._show_turn(response)
            self._add()
            if not response.tool_calls:
                break
            self._terminal.end_line()
            outputs = run_tools(response, self._record, self._terminal.note)
            response = response.resume(outputs)
        else:
            raise RuntimeError(f"the model still calls tools after {MAX_TURNS} answers")
        self._record.seconds = self._elapsed()
        if self._format is not None:
            self._record.value = as_jsonable(response.parse())
        if self._as_json:
            self._terminal.value(asdict(self._record))
        elif self._format is not None:
            self._terminal.value(self._record.value)
        self._terminal.end_line()
        self._whole = True
        self._summarize()
        self.log()

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
        self.log()

    def log(self, error: str | None = None) -> None:
        """Log the answer as far as it has come; where that cannot be, say so.

        Args:
            error: What went wrong.
        """
        if not self._logged:
            return
        self._logged = False  # Ctrl-C may come twice
        self._add()
        self._record.error = error
        self._record.seconds = self._elapsed()
        try:
            self._before.log(self._record, self._response)
        except LogError as reason:
            self._terminal.note(one_line(f"This was not logged: {reason}"))

    def _add(self) -> None:
        """Put the last answer into the record, once."""
        if self._response is not None and not self._added:
            self._added = True
            add_turn(self._record, self._response)

    def _elapsed(self) -> float:
        return round(time.monotonic() - self._started, 3)

    def _show_turn(self, response: Response[Any] | StreamResponse[Any]) -> None:
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
        if not self._as_json:
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
        record = self._record
        if record.finish_reason is not None:
            self._terminal.note(f"The answer ended early: {record.finish_reason}.")
        told = [record.model, *tokens_told(record.usage), f"{record.seconds:.1f} s"]
        self._terminal.note(" · ".join(told))


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
