"""``mirascope templates``: questions that are kept."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess

from mirascope.llm.cli.exits import Exit, UsageError, one_line
from mirascope.llm.cli.params import read_params
from mirascope.llm.cli.template_files import (
    Template,
    load_template,
    parse_template,
    save_template,
    template_names,
    template_path,
)
from mirascope.llm.cli.terminal import Terminal
from mirascope.llm.cli.toml_text import toml_text, write_private

__all__ = ["run"]


def run(options: argparse.Namespace) -> Exit:
    """Show or change templates, and return how it went."""
    terminal = Terminal()
    try:
        match options.action:
            case "show":
                load_template(options.name)  # so that one that is not there is told of alike
                terminal.text(template_path(options.name).read_text("utf-8"))
            case "save":
                _save(options)
            case "edit":
                _edit(options.name)
            case "remove":
                load_template(options.name)
                template_path(options.name).unlink()
            case _:
                for name in template_names():
                    template = load_template(name)
                    said = one_line(template.prompt or template.system or "")
                    terminal.text(f"{name}: {said[:100]}\n")
    except UsageError as error:
        return terminal.failure(error)
    return Exit.OK


def _save(options: argparse.Namespace) -> None:
    read_params(options.option)  # so that a wrong one is told of now
    template = Template(
        prompt=options.prompt,
        system=options.system,
        model=options.model,
        schema=options.schema,
        options=dict(options.option),
        defaults=dict(options.param),
    )
    if template == Template():
        raise UsageError("there is nothing to save: give a prompt, -s, -m, -o or --schema")
    save_template(options.name, template)


def _edit(name: str) -> None:
    path = template_path(name)
    if not path.exists():
        write_private(path, toml_text({"prompt": "$input\n", "system": ""}))
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        done = subprocess.run([*shlex.split(editor), str(path)], check=False)
        if done.returncode:
            raise UsageError(f"{editor} ended with {done.returncode}")
        parse_template(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: {error}") from error
