"""The arguments of the command ``mirascope``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from mirascope._version import __version__
from mirascope.llm.cli import ask, simulate
from mirascope.llm.cli.exits import Exit

__all__ = ["main"]

_EXIT_CODES = """\
exit codes:
  0 the answer is whole, 1 the vendor or the network failed, 2 wrong usage,
  3 the answer does not fit the schema, 130 interrupted"""

_ENVIRONMENT = """\
environment:
  MIRASCOPE_MODEL    the model to ask when --model is not given; otherwise the key
                     that is set decides: {models}
  MIRASCOPE_DEBUG    show tracebacks instead of one line
Without a key for the model, the simulator answers and says so."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Args:
        argv: The arguments, without the program's name; those of the process when None.
    """
    options = _parser().parse_args(argv)
    try:
        return int(options.run(options))
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # Whoever reads has left, as `head` does; what is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.CLOSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mirascope",
        description="Ask large language models from the terminal, or simulate them.",
    )
    parser.add_argument("--version", action="version", version=f"mirascope {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="command", required=True)
    _add_ask(commands)
    _add_simulate(commands)
    return parser


def _add_ask(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:  # pyright: ignore[reportPrivateUsage] argparse has no public name for it
    models = ", ".join(dict.fromkeys(ask.DEFAULT_MODELS.values()))
    command = commands.add_parser(
        "ask",
        help="ask a model one question",
        description="Ask a model one question; the answer streams to standard output.",
        epilog=f"{_ENVIRONMENT.format(models=models)}\n\n{_EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("question", help="the question; - reads it from standard input")
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
    command.set_defaults(run=ask.run)


def _add_simulate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:  # pyright: ignore[reportPrivateUsage] argparse has no public name for it
    command = commands.add_parser(
        "simulate",
        help="serve simulated models over HTTP",
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


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is not a port: 0 to 65535")
    return port
