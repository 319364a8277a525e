"""``mirascope completion``: what shells need to complete the command, from its own parser."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from mirascope.llm.cli.arguments import make_parser
from mirascope.llm.cli.exits import Exit
from mirascope.llm.cli.terminal import write

__all__ = ["run"]


@dataclass(frozen=True)
class _Command:
    path: str
    """Such as ``logs list``; empty for the program itself."""
    commands: tuple[tuple[str, str], ...]
    """The names of those below it, and what each does."""
    options: tuple[argparse.Action, ...]


def run(options: argparse.Namespace) -> Exit:
    """Write the script for a shell."""
    found = list(_commands(make_parser(), ""))
    write({"bash": _bash, "zsh": _zsh, "fish": _fish}[options.shell](found))
    return Exit.OK


def _commands(parser: argparse.ArgumentParser, path: str) -> Iterator[_Command]:
    actions = parser._actions  # pyright: ignore[reportPrivateUsage] argparse has no public name for them
    below: dict[str, argparse.ArgumentParser] = {}
    said: list[tuple[str, str]] = []
    for action in actions:
        if isinstance(action, argparse._SubParsersAction):  # pyright: ignore[reportPrivateUsage] as above
            below = action.choices  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] of any parser
            said = [(one.dest, one.help or "") for one in action._get_subactions()]  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType, reportUnknownVariableType, reportUnknownArgumentType] as above
    options = tuple(action for action in actions if action.option_strings)
    yield _Command(path, tuple(said), options)
    for name, child in below.items():  # pyright: ignore[reportUnknownVariableType] as above
        yield from _commands(child, f"{path} {name}".strip())  # pyright: ignore[reportUnknownArgumentType] as above


def _words(command: _Command) -> list[str]:
    return [
        *(name for name, _ in command.commands),
        *(text for action in command.options for text in action.option_strings),
    ]


def _with_values(found: list[_Command]) -> str:
    """Return the options that are followed by a value, which may be a file."""
    takes = {
        text
        for command in found
        for action in command.options
        if action.nargs != 0
        for text in action.option_strings
    }
    return "|".join(sorted(takes))


def _paths(found: list[_Command]) -> str:
    return "|".join(f"'{command.path}'" for command in found if command.path)


def _bash(found: list[_Command]) -> str:
    cases = "\n".join(f"        '{one.path}') words='{' '.join(_words(one))}' ;;" for one in found)
    return f"""\
# mirascope completion bash: put into ~/.bashrc: eval "$(mirascope completion bash)"
_mirascope() {{
    local path='' next word words='' current="${{COMP_WORDS[COMP_CWORD]}}"
    case "${{COMP_WORDS[COMP_CWORD-1]}}" in
        {_with_values(found)}) return ;;
    esac
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        next="${{path:+$path }}$word"
        case "$next" in
            {_paths(found)}) path="$next" ;;
        esac
    done
    case "$path" in
{cases}
    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o bashdefault -o default -F _mirascope mirascope
"""


def _zsh(found: list[_Command]) -> str:
    cases = "\n".join(f"        '{one.path}') list=({' '.join(_words(one))}) ;;" for one in found)
    return f"""\
#compdef mirascope
# mirascope completion zsh: put into ~/.zshrc, after compinit: eval "$(mirascope completion zsh)"
_mirascope() {{
    local where='' next word
    local -a list
    case "${{words[CURRENT-1]}}" in
        {_with_values(found)}) _files; return ;;
    esac
    for word in "${{(@)words[2,CURRENT-1]}}"; do
        next="${{where:+$where }}$word"
        case "$next" in
            {_paths(found)}) where="$next" ;;
        esac
    done
    case "$where" in
{cases}
    esac
    compadd -- $list || _files
}}
compdef _mirascope mirascope
"""


def _fish(found: list[_Command]) -> str:
    lines = ["# mirascope completion fish: mirascope completion fish | source"]
    for one in found:
        names = one.path.split()
        seen = [f"__fish_seen_subcommand_from {name}" for name in names]
        free = " ".join(name for name, _ in one.commands)
        when = "; and ".join(
            [*seen, *([f"not __fish_seen_subcommand_from {free}"] if free else [])]
        )
        start = f"complete -c mirascope -n '{when or 'true'}'"
        lines += [f"{start} -f -a {name} -d {_quoted(what)}" for name, what in one.commands]
        for action in one.options:
            flags = " ".join(
                f"-l {text[2:]}" if text.startswith("--") else f"-s {text[1:]}"
                for text in action.option_strings
            )
            value = "" if action.nargs == 0 else " -r"
            lines.append(f"{start} {flags}{value} -d {_quoted(action.help or '')}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
