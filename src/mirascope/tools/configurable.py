"""Tools and toolkits with settings, which the user and not the model decides."""

from __future__ import annotations

import os
from abc import ABC
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Self, cast

from pydantic import BaseModel

from mirascope import _install
from mirascope.core.base import BaseTool, BaseToolKit

__all__ = ["ConfigurableTool", "ConfigurableToolConfig", "ConfigurableToolKit", "needs"]


class ConfigurableToolConfig(BaseModel):
    """Base of the settings of a tool."""

    @classmethod
    def from_env(cls) -> Self:
        """Take the settings from the environment, and defaults for what is not there.

        A variable is named for the class and the field: `HTTPX_TIMEOUT` for `HTTPXConfig.timeout`.

        Raises:
            ValidationError: If a variable's text is no such value.
        """
        prefix = cls.__name__.removesuffix("Config").upper()
        names = {field: f"{prefix}_{field.upper()}" for field in cls.model_fields}
        found = {field: os.environ[name] for field, name in names.items() if name in os.environ}
        return cls.model_validate(found)


class ConfigurableTool(BaseTool):
    """A tool with settings: subclasses name them, and may say how a prompt tells of the tool."""

    __configurable_tool_config__: ClassVar[Any] = ConfigurableToolConfig()
    __prompt_usage_description__: ClassVar[str] = ""

    @classmethod
    def from_config(cls, config: Any) -> type[Self]:
        """Make the same tool with other settings.

        Args:
            config: The settings, an instance of the tool's own class of them.
        """
        made: Any = type(
            cls.__name__,
            (cls,),
            {
                "__configurable_tool_config__": config,
                "__doc__": cls.__doc__,
                "__module__": cls.__module__,
            },
        )
        return cast("type[Self]", made)

    @classmethod
    def usage_description(cls) -> str:
        """Tell, for a prompt, what the tool is for."""
        return cls.__prompt_usage_description__


# A toolkit has to have a tool; `ABC` says that this one is a base of toolkits.
class ConfigurableToolKit(BaseToolKit, ABC):
    """A toolkit with settings, its own or of the configurable tools in it.

    Attributes:
        config: The settings; None for those of the class.
    """

    __configurable_tool_config__: ClassVar[Any] = ConfigurableToolConfig()
    __prompt_usage_description__: ClassVar[str] = ""

    config: Any = None

    @classmethod
    def from_config(cls, config: Any, **fields: Any) -> Self:
        """Make the toolkit with settings.

        Args:
            config: The settings.
            fields: The toolkit's other fields.
        """
        return cls(config=config, **fields)

    @classmethod
    def usage_description(cls) -> str:
        """Tell, for a prompt, what the tools are for."""
        return cls.__prompt_usage_description__

    def create_tools(self) -> list[type[BaseTool]]:
        """Make the tool types; configurable ones get the settings, if there are any."""
        made = super().create_tools()
        if self.config is None:
            return made
        return [
            tool.from_config(self.config) if issubclass(tool, ConfigurableTool) else tool
            for tool in made
        ]

    @property
    def settings(self) -> Any:
        """The settings in force."""
        own = type(self).__configurable_tool_config__
        return own if self.config is None else self.config


def needs(what: str) -> AbstractContextManager[None]:
    """Say which extra to install when an import in the block fails.

    Raises:
        ImportError: In place of the original one, which is its cause.
    """
    return _install.needs("tools", f"`mirascope.tools.{what}` needs a library")
