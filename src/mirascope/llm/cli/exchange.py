"""One question and all that is done until it is answered: turns, tools, the log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from mirascope.llm.cli.asking import Asking
from mirascope.llm.cli.conversations import Conversation
from mirascope.llm.cli.exits import one_line
from mirascope.llm.cli.log_book import LogError
from mirascope.llm.cli.record import Record, add_turn
from mirascope.llm.cli.terminal import Terminal, tell
from mirascope.llm.cli.tool_runs import call_shown, run_tools
from mirascope.llm.messages import UserMessage
from mirascope.llm.pricing import Cost
from mirascope.llm.responses import Response, StreamResponse
from mirascope.llm.running.options import MAX_TURNS

__all__ = ["AnyAnswer", "Exchange"]

AnyAnswer = Response[Any] | StreamResponse[Any]


class Exchange:
    """A question in a conversation, and its answer as far as it has come.

    Attributes:
        record: What is known of it.
        response: The last answer of the model; None before there is one.
    """

    record: Record
    response: AnyAnswer | None

    def __init__(
        self, conversation: Conversation, question: str, model_id: str, *, logged: bool
    ) -> None:
        """Begin.

        Args:
            conversation: What was said before.
            question: What is asked, for the record.
            model_id: Who is asked, for the record.
            logged: Whether the log is told of it.
        """
        started = datetime.now(UTC).isoformat(timespec="seconds")
        self.record = Record(model=model_id, question=question, started=started)
        self.response = None
        self._conversation = conversation
        self._logged = logged
        self._answers: list[AnyAnswer] = []
        self._added = False
        self._clock = time.monotonic()

    def run(
        self,
        asking: Asking,
        message: UserMessage,
        show: Callable[[AnyAnswer], None],
        terminal: Terminal,
        *,
        streamed: bool = True,
        format: Any = None,
    ) -> AnyAnswer:
        """Ask, and run what tools the model calls, until it calls no more.

        Args:
            asking: Who is asked.
            message: The question.
            show: Reads an answer to its end, and shows it.
            terminal: Is told of tools.
            streamed: Whether answers arrive bit by bit.
            format: What the answer is to be.

        Raises:
            RuntimeError: The model calls tools without end.
        """
        # Not `run_stream`: with ``--no-stream`` all answers are whole, not only the first, and what
        # tools returned is shown before the model is asked about it.
        messages = [*self._conversation.messages, message]
        response = asking.ask(messages, streamed=streamed, format=format)
        for _ in range(MAX_TURNS):
            self.response, self._added = response, False
            show(response)
            self._add()
            if not response.tool_calls:
                return response
            terminal.end_line()
            _decide(response, terminal)
            response = response.resume(run_tools(response, self.record, terminal.note))
        raise RuntimeError(f"the model still calls tools after {MAX_TURNS} answers")

    def stop(self) -> None:
        """Close the connection; what came is kept."""
        if isinstance(self.response, StreamResponse):
            self.response.close()

    def end(self, terminal: Terminal, error: str | None = None) -> None:
        """Log the answer as far as it has come; where that cannot be, say so.

        Args:
            terminal: Where to say it.
            error: What went wrong.
        """
        self._add()
        self.record.error = error
        self.record.seconds = self.elapsed()
        if not self._logged:
            return
        self._logged = False  # Ctrl-C may come twice
        try:
            self._conversation.log(self.record, self.response)
        except LogError as reason:
            terminal.note(one_line(f"This was not logged: {reason}"))

    def cost(self) -> Cost | None:
        """Return what all answers cost together; None where that of one is not known."""
        costs = [answer.cost for answer in self._answers]
        known = [cost for cost in costs if cost is not None]
        if not known or len(known) < len(costs):
            return None
        return sum(known[1:], known[0])

    def elapsed(self) -> float:
        """Return the seconds since it began."""
        return round(time.monotonic() - self._clock, 3)

    def _add(self) -> None:
        """Put the last answer into the record, once."""
        if self.response is not None and not self._added:
            self._added = True
            self._answers.append(self.response)
            add_turn(self.record, self.response)


def _decide(response: AnyAnswer, terminal: Terminal) -> None:
    """Ask about each call of a tool that wants to be asked about; without anybody there, deny."""
    for call in response.pending_approvals:
        if not sys.stdin.isatty():
            terminal.note(f"Denied, for nobody is there to ask: {call_shown(call)}")
            response.deny(call, "Nobody is there to approve of this call.")
            continue
        tell(f"Run {call_shown(call)}? [y/N] ", end="")
        said = ""
        with suppress(UnicodeDecodeError):
            said = sys.stdin.readline()
        if said.strip().lower() in ("y", "yes"):
            response.approve(call)
        else:
            response.deny(call)
