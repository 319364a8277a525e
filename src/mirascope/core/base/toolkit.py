"""Toolkits: tools that share an object."""

from __future__ import annotations

import inspect
import re
from abc import ABC
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict

from .tool import BaseTool, tool_from_fn

__all__ = ["BaseToolKit", "toolkit_tool"]

_T = TypeVar("_T")
_MARK = "_mirascope_toolkit_tool"
# What looks like a member of something; other braces are the docstring's own, JSON for example.
_MEMBER = re.compile(r"\{([A-Za-z_]\w*)\.([A-Za-z_][\w.]*)\}")


def toolkit_tool(method: _T) -> _T:
    """Mark a method, or a `BaseTool` class, of a toolkit as a tool."""
    setattr(method, _MARK, True)
    return method


class BaseToolKit(BaseModel):
    """Tools that read the fields of one object.

    A subclass marks its tools with `toolkit_tool`; `{self.field}` in their docstrings is filled in.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        arbitrary_types_allowed=True, ignored_types=(type,)
    )

    _tools: ClassVar[dict[str, Any]] = {}
    __namespace__: ClassVar[str | None] = None

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls._tools = {
            name: member
            for base in reversed(cls.__mro__)
            for name, member in base.__dict__.items()
            if getattr(member, _MARK, False)
        }
        # A base of toolkits, which says with `ABC` that it is one, has none yet.
        if not cls._tools and ABC not in cls.__bases__:
            raise ValueError(f"{cls.__name__} has no tool: mark one with @toolkit_tool.")
        for name, member in cls._tools.items():
            cls._check_doc(name, member)

    @classmethod
    def _check_doc(cls, name: str, member: Any) -> None:
        doc = inspect.getdoc(member) if not isinstance(member, type) else member.__doc__ or "-"
        if not doc:
            raise ValueError(f"The toolkit tool {name} needs a docstring.")
        members = set(cls.model_fields) | set(dir(cls))
        for found in _MEMBER.finditer(doc):
            owner, attribute = found.groups()
            # One level only: a template must not walk through objects.
            if owner != "self" or not attribute.isidentifier() or attribute.startswith("_"):
                raise ValueError(f"{name}: only {{self.member}} may stand in the docstring.")
            if attribute not in members:
                raise ValueError(f"{name}: {cls.__name__} has no member {attribute!r}.")

    def create_tools(self) -> list[type[BaseTool]]:
        """Make the tool types, named `namespace_name` where there is a namespace."""
        prefix = f"{self.__namespace__}_" if self.__namespace__ else ""
        return [
            self._create(name, member, f"{prefix}{name}") for name, member in self._tools.items()
        ]

    def _create(self, name: str, member: Any, tool_name: str) -> type[BaseTool]:
        method: Callable[..., Any] = member
        if isinstance(member, type) and issubclass(member, BaseTool):
            doc = member.__doc__ or ""
            return type(
                member.__name__,
                (member,),
                {
                    "__doc__": self._fill(doc),
                    "__custom_name__": tool_name,
                    "__module__": member.__module__,
                },
            )
        return tool_from_fn(
            method,
            BaseTool,
            name=tool_name,
            doc=self._fill(inspect.getdoc(method) or ""),
            bound=self,
        )

    def _fill(self, doc: str) -> str:
        # In one pass: what is filled in is not looked at again.
        return _MEMBER.sub(lambda found: str(getattr(self, found[2])), doc)
