"""`prompt_template` and prompts written as classes."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar, TypeGuard, TypeVar, overload

from pydantic import BaseModel

from .binding import bind_args, is_async
from .media import is_content
from .message_param import BaseMessageParam
from .messages import Messages
from .metadata import metadata
from .narrowing import is_items, is_mapping
from .template import Section, clean, parse_template, render_template, render_text

__all__ = [
    "BasePrompt",
    "RenderedMessages",
    "docstring_template",
    "prompt_template",
    "to_messages",
]

_PromptT = TypeVar("_PromptT", bound="BasePrompt")
_DOCSTRING_VARIABLE = "MIRASCOPE_DOCSTRING_PROMPT_TEMPLATE"


class RenderedMessages(list[BaseMessageParam]):
    """The messages of a template, with what the call decorator above it wants to know.

    Attributes:
        template: The template's text; None where the function made the messages itself.
        dynamic_config: The dict the function returned, if it did.
    """

    def __init__(
        self,
        messages: list[Any],
        template: str | None = None,
        dynamic_config: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(messages)
        self.template = template
        self.dynamic_config = dynamic_config


def to_messages(value: Any) -> list[Any] | None:
    """Read what a prompt function returned as messages.

    Returns:
        The messages; None where the value is none of the forms a prompt may take.
    """
    if isinstance(value, RenderedMessages):
        return value
    if isinstance(value, BaseMessageParam):
        return [value]
    if is_content(value):
        return [Messages.User(value)]
    if is_items(value):
        # One piece of content is enough to tell a message's content from a list of messages.
        if any(is_content(item) for item in value):
            return [Messages.User(value)]
        return list(value)
    return None


def _render(
    sections: list[Section], template: str, fn_args: Mapping[str, Any], result: Any
) -> RenderedMessages:
    config: Mapping[str, Any] | None = result if is_mapping(result) else None
    if config and config.get("messages"):
        return RenderedMessages(config["messages"], template, config)
    computed: Mapping[str, Any] = (config or {}).get("computed_fields") or {}
    return RenderedMessages(render_template(sections, {**fn_args, **computed}), template, config)


class _Template:
    """The decorator `prompt_template` makes."""

    def __init__(self, template: str | None) -> None:
        self.template = clean(template) if template is not None else None
        self.sections = parse_template(template) if template is not None else []

    # A class is callable too; the narrower form is listed first.
    @overload
    def __call__(  # pyright: ignore[reportOverlappingOverload]
        self, target: type[_PromptT]
    ) -> type[_PromptT]: ...
    @overload
    def __call__(
        self, target: Callable[..., Awaitable[Any]]
    ) -> Callable[..., Awaitable[list[BaseMessageParam]]]: ...
    @overload
    def __call__(self, target: Callable[..., Any]) -> Callable[..., list[BaseMessageParam]]: ...
    def __call__(self, target: Any) -> Any:
        if _is_prompt(target):
            setattr(target, "_template", self.template)  # noqa: B010  # the class's own
            return target
        if is_async(target):

            @functools.wraps(target)
            async def ainner(*args: Any, **kwargs: Any) -> Any:
                fn_args = bind_args(target, args, kwargs)
                return self.apply(fn_args, await target(*args, **kwargs))

            return ainner

        @functools.wraps(target)
        def inner(*args: Any, **kwargs: Any) -> Any:
            return self.apply(bind_args(target, args, kwargs), target(*args, **kwargs))

        return inner

    def apply(self, fn_args: Mapping[str, Any], result: Any) -> Any:
        """Make the messages of one call, of its arguments and what the function returned."""
        if self.template is None:
            messages = to_messages(result)
            return result if messages is None else RenderedMessages(messages)
        return _render(self.sections, self.template, fn_args, result)


def prompt_template(template: str | None = None) -> _Template:
    """Make a function's or a class's prompt from a template.

    The decorator stands below the call decorator. Alone, the decorated function returns the
    messages.

    Args:
        template: The text, with `{variables}` and, at the start of a line, `SYSTEM:`, `USER:`,
            `ASSISTANT:` and `MESSAGES:`. Without it the function returns the messages itself.

    Returns:
        A decorator.
    """
    return _Template(template)


def docstring_template(target: Any) -> str:
    """Take the docstring of a function or a class as its template, where that is enabled.

    Raises:
        ValueError: If there is none, or it is not enabled.
    """
    doc = inspect.cleandoc(target.__doc__ or "")
    if doc and os.environ.get(_DOCSTRING_VARIABLE) == "ENABLED":
        return doc
    hint = (
        f" The docstring is used as the template only with {_DOCSTRING_VARIABLE}=ENABLED."
        if doc
        else ""
    )
    raise ValueError(f"No prompt template set!{hint}")


class BasePrompt(BaseModel):
    """A prompt written as a class: fields, computed ones too, are the variables.

    The template is decorated on, or the attribute `prompt_template`, or, where that is enabled, the
    docstring.
    """

    prompt_template: ClassVar[str | None] = None
    _template: ClassVar[str | None] = None
    _metadata: ClassVar[Any] = None

    @classmethod
    def _prompt_template(cls) -> str:
        if cls._template is not None:
            return cls._template
        return clean(cls.prompt_template) if cls.prompt_template else docstring_template(cls)

    def _computed(self) -> dict[str, Any]:
        """What the template may use beside the fields."""
        config: Mapping[str, Any] = self.dynamic_config() or {}
        computed = {name: getattr(self, name) for name in type(self).model_computed_fields}
        return {"self": self, **computed, **(config.get("computed_fields") or {})}

    def _values(self) -> dict[str, Any]:
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return {**fields, **self._computed()}

    def __str__(self) -> str:
        return render_text(self._prompt_template(), self._values())

    def message_params(self) -> list[BaseMessageParam]:
        """Fill the template in."""
        return render_template(parse_template(self._prompt_template()), self._values())

    def dynamic_config(self) -> Any:
        """Return a dynamic config for `run`; override it where one is needed."""
        return None

    def dump(self) -> dict[str, Any]:
        """Describe the prompt with plain values."""
        return {
            "metadata": type(self)._metadata or {},
            "prompt": str(self),
            "template": self._prompt_template(),
            "inputs": self.model_dump(),
        }

    def _call(self, fn: Any, decorators: tuple[Callable[[Any], Any], ...]) -> Any:
        """Call a prompt function, decorated, with the fields."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        kind = inspect.Parameter.KEYWORD_ONLY
        fn.__signature__ = inspect.Signature([inspect.Parameter(name, kind) for name in values])
        fn.__name__ = fn.__qualname__ = type(self).__name__
        if type(self)._metadata:
            fn = metadata(type(self)._metadata)(fn)
        decorated: Any = prompt_template(self._prompt_template())(fn)
        for decorate in decorators:
            decorated = decorate(decorated)
        return decorated(**values)

    def run(
        self, call_decorator: Callable[[Any], Any], *additional_decorators: Callable[[Any], Any]
    ) -> Any:
        """Send the prompt, with a call decorator and any more around it."""

        def prompt(**kwargs: Any) -> Any:
            return self._config_with_self()

        return self._call(prompt, (call_decorator, *additional_decorators))

    async def run_async(
        self, call_decorator: Callable[[Any], Any], *additional_decorators: Callable[[Any], Any]
    ) -> Any:
        """Send the prompt from asynchronous code."""

        async def prompt(**kwargs: Any) -> Any:
            return self._config_with_self()

        return await self._call(prompt, (call_decorator, *additional_decorators))

    def _config_with_self(self) -> dict[str, Any]:
        """Give the template what is no argument of the function, `{self.…}` among it."""
        return {**(self.dynamic_config() or {}), "computed_fields": self._computed()}


def _is_prompt(target: object) -> TypeGuard[type[BasePrompt]]:
    return isinstance(target, type) and issubclass(target, BasePrompt)
