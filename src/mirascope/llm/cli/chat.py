"""``mirascope chat``: a conversation in the terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from mirascope._install import needs
from mirascope.llm.cli.asking import (
    SIMULATED_DELAY,
    instructions,
    make_asking,
    make_question,
    templated,
)
from mirascope.llm.cli.conversations import Conversation
from mirascope.llm.cli.exchange import AnyAnswer, Exchange
from mirascope.llm.cli.exits import Exit, UsageError, explain, one_line
from mirascope.llm.cli.log_book import LogError
from mirascope.llm.cli.places import data_folder
from mirascope.llm.cli.record import tokens_told
from mirascope.llm.cli.settings import load_settings
from mirascope.llm.cli.signals import interruptible
from mirascope.llm.cli.tables import folded
from mirascope.llm.cli.terminal import Terminal
from mirascope.llm.messages import to_json
from mirascope.llm.models import Model
from mirascope.llm.responses import StreamResponse

__all__ = ["COMMANDS", "run"]

COMMANDS = {
    "/model": "[ID]: show which model answers, or let another one answer from now on",
    "/tools": "show what the model may call",
    "/thoughts": "show what the model thought last",
    "/undo": "take back the last question and its answer",
    "/cost": "show what this chat has used",
    "/save": "FILE: save the conversation, as JSON or Markdown by the file's name",
    "/help": "show this",
    "/quit": "leave, as Ctrl-D does",
}


def run(options: argparse.Namespace) -> Exit:
    """Talk until the user leaves, and return how it went."""
    terminal = Terminal()
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        terminal.error("chat needs a terminal; `mirascope ask` does without")
        return Exit.USAGE
    with ExitStack() as stack:
        try:
            with needs("cli", "mirascope chat needs rich and prompt_toolkit"):
                chat = _Chat(options, terminal, stack)
        except Exception as error:
            return terminal.failure(error, ValueError, TypeError, ImportError)
        interruptible()
        chat.run()
    return Exit.OK


class _Chat:
    def __init__(self, options: argparse.Namespace, terminal: Terminal, stack: ExitStack) -> None:
        from mirascope.llm.cli.chat_screen import Answer, Prompt  # an extra

        self._terminal = terminal
        self._answer_shown: Callable[[], Answer] = lambda: Answer(terminal, terminal.console)
        self._settings = load_settings()
        go_on = options.go_on or options.conversation
        self._said = Conversation.logged(options.conversation) if go_on else Conversation()
        self._template = templated(options)
        if self._template.schema:
            raise UsageError("the template asks for an object; `mirascope ask` shows those")
        self._template.asking("")  # so that a missing parameter is told of now
        if told := instructions(options, self._template):
            self._said.instruct(told)
        self._asking = make_asking(options, self._settings, self._said.model, stack)
        self._attached: list[str] = options.attach
        self._logged: bool = self._settings.logging and options.log and not options.simulate
        self._prompt = Prompt(data_folder() / "chat_history" if self._logged else None, [*COMMANDS])
        self._exchanges: list[Exchange] = []
        if options.simulate:
            from mirascope.llm.testing import simulate  # most questions are for real models

            terminal.note("The simulator answers, and makes it up.")
            stack.enter_context(simulate(delay=SIMULATED_DELAY))

    def run(self) -> None:
        """Read and answer until the user leaves."""
        told = [
            f"{self._asking.model.model_id}.",
            "Alt-Enter begins a new line,",
            "Ctrl-C stops an answer,",
            "/help shows what else there is.",
        ]
        self._terminal.note(folded(told, " "))
        if not self._template.wants_input:
            self._answer(self._template.asking(""))
        while True:
            try:
                typed = self._prompt.read().strip()
            except KeyboardInterrupt:
                continue  # what was typed is dropped, as in a shell
            except EOFError:
                return
            if typed in ("/quit", "/exit"):
                return
            if typed.startswith("/") and typed.split()[0] in COMMANDS:
                self._obey(*typed.split(maxsplit=1))
            elif typed.startswith("/") and " " not in typed and typed.count("/") == 1:
                self._terminal.error(f"{typed} is no command; /help shows them")
            elif typed:
                wants = self._template.wants_input
                self._answer(self._template.asking(typed) if wants else typed)

    # --- questions

    def _answer(self, question: str) -> None:
        exchange = Exchange(self._said, question, self._asking.model.model_id, logged=self._logged)
        error: str | None = None
        try:
            message = make_question(question, self._attached)
            self._attached = []  # they go with the first question
            exchange.run(self._asking, message, self._show, self._terminal)
        except KeyboardInterrupt:
            exchange.stop()
            self._terminal.end_line()
            self._terminal.note("Interrupted; what came is kept.")
        except Exception as failure:
            error = explain(failure)[1]
            exchange.stop()
            self._terminal.error(error)
        exchange.end(self._terminal, error)
        response = exchange.response
        if response is not None and response.content:
            self._said.take(response)
        record = exchange.record
        self._exchanges.append(exchange)
        if error is None:
            told = [record.model, *tokens_told(record.usage), f"{record.seconds:.1f} s"]
            self._terminal.note(folded(told, " · "))

    def _show(self, response: AnyAnswer) -> None:
        assert isinstance(response, StreamResponse)
        with self._answer_shown() as answer:
            for stream in response.streams():
                if stream.content_type == "tool_call":
                    continue  # shown when it is run
                for delta in stream:
                    if stream.content_type == "text":
                        answer.text(delta)
                    else:
                        answer.thought(delta)
                answer.end_part()

    # --- commands

    def _obey(self, command: str, argument: str = "") -> None:
        try:
            match command:
                case "/model":
                    self._choose_model(argument)
                case "/tools":
                    for tool in self._asking.tools:
                        said = getattr(tool, "description", "").partition("\n")[0]
                        self._terminal.note(one_line(f"{tool.name}: {said}"))
                    if not self._asking.tools:
                        self._terminal.note(
                            "None; begin the chat with -t FILE.py or --mcp COMMAND."
                        )
                case "/thoughts":
                    thoughts = self._exchanges[-1].record.thoughts if self._exchanges else []
                    self._terminal.note("\n\n".join(thoughts) or "There are none.")
                case "/undo":
                    undone = self._said.undo(logged=self._logged)
                    self._terminal.note(
                        one_line(f"Taken back: {undone}") if undone else "There is nothing to undo."
                    )
                case "/cost":
                    self._terminal.note(self._used())
                case "/save":
                    self._save(argument)
                case _:
                    for name, what in COMMANDS.items():
                        self._terminal.note(f"{name:<9}  {what}")
        except (ValueError, TypeError, OSError, LogError) as error:
            self._terminal.error(one_line(str(error)))

    def _choose_model(self, name: str) -> None:
        if name:
            model = self._asking.model
            id = self._settings.model_id(name)
            chosen = Model(id, layers=model.layers, **model.params)
            self._asking = replace(self._asking, model=chosen)
        self._terminal.note(self._asking.model.model_id)

    def _used(self) -> str:
        used: dict[str, int] = {}
        for exchange in self._exchanges:
            for name, number in (exchange.record.usage or {}).items():
                used[name] = used.get(name, 0) + number
        costs = [cost for one in self._exchanges if (cost := one.cost()) is not None]
        told = str(sum(costs[1:], costs[0])) if costs else "cost unknown"
        if 0 < len(costs) < len(self._exchanges):
            told = f"{told} for {len(costs)} of them"
        return " · ".join([f"{len(self._exchanges)} answers", *tokens_told(used), told])

    def _save(self, name: str) -> None:
        if not name:
            raise ValueError("/save wants the name of a file")
        path = Path(name).expanduser()
        messages = self._said.messages
        if path.suffix == ".json":
            text = to_json(messages)
        else:
            parts = [
                f"## {message.role.capitalize()}\n\n{part.text}\n"
                for message in messages
                for part in ([message.content] if message.role == "system" else message.content)
                if part.type == "text"
            ]
            text = "\n".join(parts)
        with path.open("x", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        self._terminal.note(f"Saved in {path}.")
