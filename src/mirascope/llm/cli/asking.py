"""From the arguments of a command to a model, with tools and all, that can be asked."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from mirascope.llm.cli.attachments import load_attachment
from mirascope.llm.cli.exits import UsageError
from mirascope.llm.cli.params import read_params
from mirascope.llm.cli.question import checked
from mirascope.llm.cli.settings import Settings
from mirascope.llm.cli.template_files import Template, load_template
from mirascope.llm.cli.tools import PlainTool, open_tools, to_be_approved
from mirascope.llm.layering import Layer
from mirascope.llm.messages import UserMessage, user
from mirascope.llm.models import Model
from mirascope.llm.responses import Response, StreamResponse
from mirascope.llm.types.params import Params

__all__ = [
    "SIMULATED_DELAY",
    "Asking",
    "instructions",
    "make_asking",
    "make_question",
    "templated",
]

SIMULATED_DELAY = 0.03
"""Seconds before each delta of an answer that is made up, so that it is seen to stream."""


@dataclass(kw_only=True)
class Asking:
    """Who is asked, and with what."""

    model: Model
    tools: list[PlainTool]

    def ask(
        self, messages: Sequence[Any], *, streamed: bool = True, format: Any = None
    ) -> Response[Any] | StreamResponse[Any]:
        """Ask; a streamed answer has not been read yet."""
        # No tools is not an empty list of them: some vendors refuse that.
        given: dict[str, Any] = {"format": format, "tools": self.tools or None}
        if streamed:
            return self.model.stream(messages, **given)
        return self.model.call(messages, **given)


def make_asking(
    options: argparse.Namespace, settings: Settings, before: str | None, stack: ExitStack
) -> Asking:
    """Return who is to be asked, as the arguments say.

    Args:
        options: The arguments.
        settings: What holds where they say nothing.
        before: The model that was asked before, in the same conversation.
        stack: Ends what has to be ended with the command, such as servers of tools.

    Raises:
        UsageError: An argument is wrong.
        ConnectionError: A server of tools cannot be reached.
    """
    params = read_params(options.option)
    if options.thoughts:
        # Not "default", by which some vendors' models do not think at all.
        thinking = params.get("thinking") or {"level": "medium"}
        params["thinking"] = {**thinking, "include_thoughts": True}
    if options.timeout is not None:
        params["timeout"] = options.timeout
    model = _model(
        settings.chosen_model(options.model or before),
        params,
        options.retry,
        [settings.model_id(name) for name in options.fallback],
    )
    tools = open_tools(options.tools, options.mcp, stack)
    if options.approve:
        tools = [to_be_approved(tool) for tool in tools]
    return Asking(model=model, tools=tools)


def make_question(text: str, attached: Sequence[str]) -> UserMessage:
    """Return the message for a question and what goes with it.

    Raises:
        UsageError: Something that was to go with it cannot.
    """
    parts = [load_attachment(spec) for spec in attached]
    return user([text, *parts]) if parts else user(text)


def templated(options: argparse.Namespace) -> Template:
    """Return the template to ask with, and let what it says hold where the arguments say nothing.

    Without one it is a template that says nothing.

    Raises:
        UsageError: There is no such template, or none for the parameters.
    """
    if options.template is None:
        if options.param:
            raise UsageError("--param is for a template; name one with -T")
        return Template()
    template = load_template(options.template)
    template.defaults |= dict(options.param)
    options.model = options.model or template.model
    options.option = [*template.options.items(), *options.option]
    return template


def instructions(options: argparse.Namespace, template: Template) -> str | None:
    """Return what the model is told before all else.

    Raises:
        UsageError: The template has no value for something in them.
    """
    return checked(options.system, "--system") if options.system else template.instructions()


def _model(model_id: str, params: Params, retries: int, fallbacks: Sequence[str]) -> Model:
    layers: list[Layer] = []
    if retries or fallbacks:
        from mirascope.llm.retries import recover  # most questions do without

        for one in fallbacks:
            Model(one)  # so that a wrong id is told of now
        layers = [recover(max_attempts=retries + 1, fallback_models=list(fallbacks))]
    try:
        return Model(model_id, layers=layers, **params)
    except TypeError as error:
        raise UsageError(str(error)) from error
