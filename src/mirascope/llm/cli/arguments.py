"""The arguments of the command ``mirascope``, for all that it can do."""

from __future__ import annotations

import argparse

from mirascope._version import __version__
from mirascope.llm.cli.asking_arguments import add_ask
from mirascope.llm.cli.parsing import Commands, Parser, port, runs

__all__ = ["make_parser"]

EVERYBODY = ""
"""Stands for every vendor whose key is set."""


def make_parser() -> argparse.ArgumentParser:
    """Return the parser; what it parses has `run`, which runs the command."""
    parser = Parser(
        prog="mirascope",
        description="Ask large language models from the terminal, or simulate them.",
    )
    parser.add_argument("--version", action="version", version=f"mirascope {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="command", required=True)
    add_ask(commands)
    _add_models(commands)
    _add_simulate(commands)
    _add_mcp(commands)
    return parser


def _add_models(commands: Commands) -> None:
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
        const=EVERYBODY,
        metavar="VENDOR",
        help="ask this vendor, or every vendor whose key is set",
    )
    command.add_argument("--json", action="store_true", help="write JSON")
    command.set_defaults(run=runs("models"))


def _add_simulate(commands: Commands) -> None:
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
        "--port", type=port, default=0, metavar="N", help="0, the default, picks a free one"
    )
    command.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1")
    command.add_argument(
        "--script", metavar="FILE", help="a JSON file with the turns to play, in order"
    )
    command.add_argument(
        "--delay", type=float, default=0.0, metavar="SECONDS", help="before each delta; default: 0"
    )
    command.set_defaults(run=runs("simulate"))


def _add_mcp(commands: Commands) -> None:
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
        "--port", type=port, default=8000, metavar="N", help="for --http; default: 8000"
    )
    command.set_defaults(run=runs("serve_mcp"))
