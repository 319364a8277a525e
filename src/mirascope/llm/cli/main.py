"""The arguments of the command ``mirascope``."""

from __future__ import annotations

import argparse
import errno
import os
import sys
import textwrap
from collections.abc import Sequence
from typing import Any, Literal, TextIO

from mirascope._version import __version__
from mirascope.llm.cli.exits import Exit, OutputError
from mirascope.llm.cli.signals import signals_heard
from mirascope.llm.cli.terminal import tell, write

__all__ = ["main"]

_DESCRIPTION = (
    "Ask a model one question; the answer streams to standard output.\n\n"
    "What is piped in is added to the question, or is the question where none is given. A terminal "
    "is not read; anything else is, to its end. Use </dev/null where a script's own input is "
    "meant for others."
)

_EPILOG = """\
environment:
  MIRASCOPE_MODEL  the model to ask where --model is not given; without it
  the key that is set decides:
{models}
  MIRASCOPE_DEBUG  show tracebacks instead of one line
  NO_COLOR         write plainly, whatever the terminal can do

exit codes:
  0    the answer is whole
  1    the vendor or the network failed
  2    wrong usage, or a key is missing
  3    the answer does not fit the schema
  130  interrupted"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Args:
        argv: The arguments, without the program's name; those of the process when None.
    """
    closed = _open_what_is_closed()
    try:
        if closed:
            raise OutputError(errno.EBADF, os.strerror(errno.EBADF))
        try:
            with signals_heard():
                options = _parser().parse_args(argv)
                return int(options.run(options))
        finally:
            write("")  # of the help, say, nothing has left yet
    except KeyboardInterrupt:
        tell("Interrupted.")
        return Exit.INTERRUPTED
    except OutputError as error:
        if error.errno == errno.EPIPE:  # whoever reads has left, as `head` does
            return Exit.CLOSED
        tell(f"mirascope: standard output: {error.strerror}")
        return Exit.FAILED


def _open_what_is_closed() -> bool:
    """Let every standard stream be one, able to take any text; return whether output was closed."""
    closed: bool = sys.stdout is None
    # In this order, for the lowest free number is what a file gets.
    sys.stdin = sys.stdin or _nothing("r")
    sys.stdout = sys.stdout or _nothing("w")
    sys.stderr = sys.stderr or _nothing("w")
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:  # a program that calls us may have put another kind there
        reconfigure(errors="backslashreplace")
    return closed


def _nothing(mode: Literal["r", "w"]) -> TextIO:
    return open(os.devnull, mode, encoding="utf-8")


class _Parser(argparse.ArgumentParser):
    """Never coloured, which from Python 3.14 on depends on more than NO_COLOR and a terminal."""

    def __init__(self, **options: Any) -> None:  # Any: what argparse takes
        super().__init__(**options)
        self.color = False


class _Lines(argparse.HelpFormatter):
    """Keeps the lines of what is told after the options, and wraps those that are too long."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(
            textwrap.fill(
                line,
                width,
                initial_indent=indent,
                subsequent_indent=indent + "    " * line.startswith(" "),
            )
            for line in text.splitlines()
        )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="mirascope",
        description="Ask large language models from the terminal, or simulate them.",
    )
    parser.add_argument("--version", action="version", version=f"mirascope {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="command", required=True)
    _add_ask(commands)
    _add_models(commands)
    _add_simulate(commands)
    _add_mcp(commands)
    return parser


def _add_ask(commands: argparse._SubParsersAction[_Parser]) -> None:  # pyright: ignore[reportPrivateUsage] argparse has no public name for it
    from mirascope.llm.cli import ask  # slow, and Ctrl-C is heard by now

    models = "\n".join(f"    {key:<17}  {model}" for key, model in ask.DEFAULT_MODELS.items())
    command = commands.add_parser(
        "ask",
        help="ask a model one question",
        description=_DESCRIPTION,
        epilog=_EPILOG.format(models=models),
        formatter_class=_Lines,
    )
    command.add_argument(
        "question", nargs="?", help="the question; - reads it from standard input alone"
    )
    command.add_argument(
        "--model", "-m", metavar="ID", help="provider and model, such as openai/gpt-5-mini"
    )
    command.add_argument("--system", "-s", metavar="TEXT", help="instructions for the model")
    command.add_argument(
        "--schema",
        metavar="SPEC",
        help="ask for an object: a file with a JSON schema, or module:Class",
    )
    command.add_argument(
        "--thoughts", action="store_true", help="show what the model thinks, on standard error"
    )
    command.add_argument(
        "--no-stream",
        dest="stream",
        action="store_false",
        help="ask for the whole answer at once",
    )
    command.add_argument(
        "--simulate", action="store_true", help="have the simulator make an answer up; needs no key"
    )
    command.set_defaults(run=ask.run)


def _add_models(commands: argparse._SubParsersAction[_Parser]) -> None:  # pyright: ignore[reportPrivateUsage] argparse has no public name for it
    from mirascope.llm.cli import models  # late for the same reason

    command = commands.add_parser(
        "models",
        help="list vendors and their models",
        description=(
            "List the vendors that are known by name, and whether there is a key for each. With "
            "--remote, list the models that a vendor itself says it has."
        ),
    )
    command.add_argument(
        "--remote",
        nargs="?",
        const=models.EVERYBODY,
        metavar="VENDOR",
        help="ask this vendor, or every vendor whose key is set",
    )
    command.add_argument("--json", action="store_true", help="write JSON")
    command.set_defaults(run=models.run)


def _add_simulate(commands: argparse._SubParsersAction[_Parser]) -> None:  # pyright: ignore[reportPrivateUsage] argparse has no public name for it
    from mirascope.llm.cli import simulate  # late for the same reason

    command = commands.add_parser(
        "simulate",
        help="serve simulated models over HTTP",
        usage="%(prog)s [options]",
        description=(
            "Serve simulated models over HTTP: OpenAI Chat Completions and Responses, Anthropic "
            "Messages, Google generateContent. Needs the extra 'server'."
        ),
    )
    command.add_argument(
        "--port", type=_port, default=0, metavar="N", help="0, the default, picks a free one"
    )
    command.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1")
    command.add_argument(
        "--script", metavar="FILE", help="a JSON file with the turns to play, in order"
    )
    command.add_argument(
        "--delay", type=float, default=0.0, metavar="SECONDS", help="before each delta; default: 0"
    )
    command.set_defaults(run=simulate.run)


def _add_mcp(commands: argparse._SubParsersAction[_Parser]) -> None:  # pyright: ignore[reportPrivateUsage] argparse has no public name for it
    from mirascope.llm.cli import serve_mcp  # late for the same reason

    group = commands.add_parser("mcp", help="the Model Context Protocol")
    actions = group.add_subparsers(title="commands", metavar="command", required=True)
    command = actions.add_parser(
        "serve",
        help="offer your tools and calls to MCP clients",
        usage="%(prog)s [options] module[:name]",
        description=(
            "Offer what llm.tool and llm.call decorate to clients of the Model Context Protocol: "
            "over standard input and output, or over HTTP. Needs the extra 'mcp'."
        ),
    )
    command.add_argument(
        "target",
        metavar="module[:name]",
        help="a module, for all of its tools and calls, or one tool, call, list or toolkit in it",
    )
    command.add_argument("--name", help="what clients are told the server is; default: the target")
    command.add_argument(
        "--http", action="store_true", help="serve streamable HTTP, at the path /mcp"
    )
    command.add_argument("--host", default="127.0.0.1", help="for --http; default: 127.0.0.1")
    command.add_argument(
        "--port", type=_port, default=8000, metavar="N", help="for --http; default: 8000"
    )
    command.set_defaults(run=serve_mcp.run)


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is not a port: 0 to 65535")
    return port
