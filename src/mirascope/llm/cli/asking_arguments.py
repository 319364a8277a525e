"""The arguments of the commands that ask a model."""

from __future__ import annotations

import argparse

from mirascope.llm.cli.defaults import DEFAULT_MODELS
from mirascope.llm.cli.parsing import PAIRS, Commands, Lines, count, runs, seconds

__all__ = ["add_ask", "add_chat"]

_ASK = (
    "Ask a model one question; the answer streams to standard output.\n\n"
    "What is piped in is added to the question, or is the question where none is given. A terminal "
    "is not read; anything else is, to its end. Use </dev/null where a script's own input is "
    "meant for others."
)

_EXAMPLES = """\
examples:
  mirascope ask "Why is the sea salt?"
  git diff | mirascope ask "Review this change, briefly."
  mirascope ask "What is on it?" -a photo.jpg -m anthropic/claude-sonnet-4-6
  mirascope ask "Invent a dog." --schema "name, age int, tricks list[str]"
  mirascope ask "When can I sail?" -t harbour.py
  mirascope ask "And tomorrow?" -c

environment:
  MIRASCOPE_MODEL  the model to ask where --model is not given; without it
  that of `mirascope config` is, and else the key that is set decides:
{models}
  MIRASCOPE_LOGS   off: log nothing
  MIRASCOPE_DEBUG  show tracebacks instead of one line
  NO_COLOR         write plainly, whatever the terminal can do

exit codes:
  0    the answer is whole
  1    the vendor or the network failed
  2    wrong usage, or a key is missing
  3    the answer does not fit the schema
  130  interrupted
  141  who reads the output has left"""


def add_ask(commands: Commands) -> None:
    """Add ``ask``."""
    models = "\n".join(f"    {key:<17}  {model}" for key, model in DEFAULT_MODELS.items())
    command = commands.add_parser(
        "ask",
        help="ask a model one question",
        usage="%(prog)s [options] question",
        description=_ASK,
        epilog=_EXAMPLES.format(models=models),
        formatter_class=Lines,
    )
    command.add_argument(
        "question", nargs="?", help="the question; - reads it from standard input alone"
    )
    _add_question(command)
    shape = command.add_argument_group("the answer")
    shape.add_argument(
        "--schema",
        metavar="SPEC",
        help="ask for an object: a file with a JSON schema, module:Class, or its fields, such as "
        "'name, age int'; for several: 'list[name, age int]'",
    )
    form = shape.add_mutually_exclusive_group()
    form.add_argument(
        "--json", action="store_true", help="write JSON with all that is known of the answer"
    )
    form.add_argument(
        "--extract",
        "-x",
        action="store_true",
        help="write the first block of code in the answer alone; all of it where there is none",
    )
    shape.add_argument("--cost", action="store_true", help="say what it cost, where that is known")
    shape.add_argument(
        "--no-stream",
        dest="stream",
        action="store_false",
        help="ask for the whole answer at once",
    )
    command.set_defaults(run=runs("ask"))


def add_chat(commands: Commands) -> None:
    """Add ``chat``."""
    command = commands.add_parser(
        "chat",
        help="talk with a model",
        usage="%(prog)s [options]",
        description=(
            "Talk with a model in the terminal. Enter sends what is typed; Alt-Enter, or a "
            "backslash before Enter, begins a new line. Ctrl-C stops an answer and keeps what "
            "came, Ctrl-D leaves, /help shows what else there is. Needs the extra 'cli'."
        ),
        formatter_class=Lines,
    )
    _add_question(command)
    command.set_defaults(run=runs("chat"))


def _add_question(command: argparse.ArgumentParser) -> None:
    """Add what belongs to a question, whoever asks it."""
    asked = command.add_argument_group("the question")
    asked.add_argument(
        "--model",
        "-m",
        metavar="ID",
        help="provider and model, such as openai/gpt-5-mini, or an alias of `mirascope config`",
    )
    asked.add_argument("--system", "-s", metavar="TEXT", help="instructions for the model")
    asked.add_argument(
        "--attach",
        "-a",
        metavar="FILE|URL",
        action="append",
        default=[],
        help="an image, audio, video, a PDF or text, told by its bytes; - is standard input; may "
        "be repeated",
    )
    asked.add_argument(
        "--option",
        "-o",
        **PAIRS,
        help="a parameter, such as temperature 0.2; extra_body.NAME is one that only this vendor "
        "has; may be repeated",
    )
    asked.add_argument(
        "--thoughts", action="store_true", help="show what the model thinks, on standard error"
    )
    kept = command.add_argument_group("templates")
    kept.add_argument("--template", "-T", metavar="NAME", help="ask with this template")
    kept.add_argument(
        "--param",
        "-p",
        **PAIRS,
        help="what to fill in for $KEY there; may be repeated",
    )
    log = command.add_argument_group("the log")
    log.add_argument(
        "--continue",
        "-c",
        dest="go_on",
        action="store_true",
        help="go on with the last conversation",
    )
    log.add_argument("--conversation", metavar="ID", help="go on with this one; see mirascope logs")
    log.add_argument(
        "--no-log", dest="log", action="store_false", help="log nothing of this, whatever is set"
    )
    tools = command.add_argument_group("tools")
    tools.add_argument(
        "--tools",
        "-t",
        metavar="FILE.py",
        action="append",
        default=[],
        help="Python functions that the model may call; also of module or module:name; may be "
        "repeated",
    )
    tools.add_argument(
        "--mcp",
        metavar="COMMAND|URL",
        action="append",
        default=[],
        help="a server of the Model Context Protocol whose tools the model may call; needs the "
        "extra 'mcp'; may be repeated",
    )
    tools.add_argument(
        "--approve", action="store_true", help="ask before each call of a tool that runs here"
    )
    way = command.add_argument_group("the way to it")
    way.add_argument(
        "--timeout", type=seconds, metavar="SECONDS", help="how long one request may take"
    )
    way.add_argument(
        "--retry",
        type=count,
        default=0,
        metavar="N",
        help="go on N times with an answer that fails or breaks off; default: 0",
    )
    way.add_argument(
        "--fallback",
        metavar="ID",
        action="append",
        default=[],
        help="the model to ask when that has failed; may be repeated",
    )
    way.add_argument(
        "--simulate", action="store_true", help="have the simulator make an answer up; needs no key"
    )
