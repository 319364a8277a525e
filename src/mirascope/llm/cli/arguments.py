"""The arguments of the command ``mirascope``, for all that it can do."""

from __future__ import annotations

import argparse

from mirascope._version import __version__
from mirascope.llm.cli.asking_arguments import add_ask, add_chat
from mirascope.llm.cli.parsing import PAIRS, Commands, Lines, Parser, count, port, runs
from mirascope.llm.cli.settings import KEYS

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
    add_chat(commands)
    _add_logs(commands)
    _add_templates(commands)
    _add_config(commands)
    _add_models(commands)
    _add_simulate(commands)
    _add_mcp(commands)
    _add_doctor(commands)
    _add_completion(commands)
    return parser


def _add_logs(commands: Commands) -> None:
    command = commands.add_parser(
        "logs",
        help="show what was asked and answered",
        description=(
            "Show what was asked and answered. Every answer is logged on this machine, in a file "
            "that only you may read, unless --no-log, MIRASCOPE_LOGS=off or `mirascope logs off` "
            "says otherwise."
        ),
    )
    command.set_defaults(
        run=runs("logs"), conversation=None, model=None, count=20, words=[], json=False
    )
    actions = command.add_subparsers(title="commands", metavar="command", dest="action")
    listing = actions.add_parser("list", help="list the last ones; this is the default")
    search = actions.add_parser("search", help="list those in which words occur")
    search.add_argument("words", nargs="+", help="all of which have to occur")
    for one in (listing, search):
        one.add_argument(
            "--count", "-n", type=count, default=20, metavar="N", help="at most; 0 for all"
        )
        one.add_argument("--model", "-m", metavar="TEXT", help="only of models with this in the id")
        one.add_argument("--conversation", metavar="ID", help="only of this conversation")
        one.add_argument("--json", action="store_true", help="write JSON")
    show = actions.add_parser("show", help="show one with all that is known")
    show.add_argument("id", nargs="?", type=int, help="its number; the last one without")
    show.add_argument("--answer", "-a", action="store_true", help="show the answer alone")
    show.add_argument("--json", action="store_true", help="write JSON")
    actions.add_parser("path", help="show where the log is; remove the file to forget all of it")
    actions.add_parser("on", help="log answers from now on")
    actions.add_parser("off", help="log nothing from now on; what is logged stays")


def _add_templates(commands: Commands) -> None:
    command = commands.add_parser(
        "templates",
        help="keep questions that are asked again",
        description=(
            "Keep questions, instructions, models and parameters under a name, for "
            "`mirascope ask -T NAME` and `mirascope chat -T NAME`."
        ),
    )
    command.set_defaults(run=runs("templates"))
    actions = command.add_subparsers(title="commands", metavar="command", dest="action")
    actions.add_parser("list", help="list them; this is the default")
    for name, what in (
        ("show", "show one"),
        ("save", "write one"),
        ("edit", "open one in $VISUAL or $EDITOR"),
        ("remove", "forget one"),
    ):
        action = actions.add_parser(name, help=what)
        action.add_argument("name", help="its name")
        if name == "save":
            action.add_argument("prompt", nargs="?", help="with $input for the question")
            action.add_argument("--system", "-s", metavar="TEXT", help="instructions")
            action.add_argument("--model", "-m", metavar="ID", help="who is asked")
            action.add_argument("--schema", metavar="SPEC", help="as that of ask")
            action.add_argument(
                "--option", "-o", **PAIRS, help="a parameter of the model; may be repeated"
            )
            action.add_argument(
                "--param",
                "-p",
                **PAIRS,
                help="what is filled in for $KEY where ask gives nothing; may be repeated",
            )


def _add_config(commands: Commands) -> None:
    command = commands.add_parser(
        "config",
        help="show and change settings",
        description="Show and change settings.",
        epilog="keys:\n" + "\n".join(f"  {key:<12}  {what}" for key, what in KEYS.items()),
        formatter_class=Lines,
    )
    command.set_defaults(run=runs("config"))
    actions = command.add_subparsers(title="commands", metavar="command", dest="action")
    actions.add_parser("list", help="show all settings; this is the default")
    for name, what in (("get", "show one"), ("set", "change one"), ("unset", "forget one")):
        action = actions.add_parser(name, help=what)
        action.add_argument("key", help=" or ".join(KEYS))
        if name == "set":
            action.add_argument("value", help="its value")
    actions.add_parser("path", help="show where the file is")


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


def _add_doctor(commands: Commands) -> None:
    command = commands.add_parser(
        "doctor",
        help="show what is set and installed",
        description=(
            "Show versions, extras, settings, and which vendors' keys and addresses are set. Keys "
            "are never shown, and nothing is sent without --ask."
        ),
    )
    command.add_argument("--ask", metavar="ID", help="ask this model, to see whether it answers")
    command.set_defaults(run=runs("doctor"))


def _add_completion(commands: Commands) -> None:
    command = commands.add_parser(
        "completion",
        help="write what a shell needs to complete the command",
        description='Write a script for a shell, such as for eval "$(mirascope completion bash)".',
    )
    command.add_argument("shell", choices=["bash", "zsh", "fish"], help="which one")
    command.set_defaults(run=runs("completion"))
