"""Files below one directory, and none outside it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, ClassVar, TypeVar, cast

from mirascope.core.base import toolkit_tool

from .configurable import ConfigurableToolConfig, ConfigurableToolKit

__all__ = ["FileSystemToolKit", "FileSystemToolKitConfig"]

_MethodT = TypeVar("_MethodT", bound=Callable[..., str])


class FileSystemToolKitConfig(ConfigurableToolConfig):
    """What files may be.

    Attributes:
        max_file_size: The most bytes that are read or written.
        allowed_extensions: The endings of their names, without the dot.
    """

    max_file_size: int = 10 * 1024 * 1024
    allowed_extensions: Sequence[str] = ("txt", "md", "csv", "json", "yml", "yaml", "html")


class _Refused(Exception):
    """What the model asked for is not done; the text tells it why."""


def _telling(method: _MethodT) -> _MethodT:
    """Have a tool tell the model what went wrong instead of raising."""

    @wraps(method)
    def tell(*args: Any, **kwargs: Any) -> str:
        try:
            return method(*args, **kwargs)
        except _Refused as refused:
            return f"Error: {refused}"
        except OSError as error:  # without its file name, which is one of this machine
            return f"Error: {error.strerror or type(error).__name__}."

    return cast("_MethodT", tell)


class FileSystemToolKit(ConfigurableToolKit):
    """Tools that read, write, list and delete files below a directory.

    Whatever path a model gives (one with `..`, an absolute one, one through a symbolic link), the
    place it leads to has to be below the directory. Somebody else who moves links about in there
    while a tool runs is not guarded against.

    Attributes:
        base_directory: The directory; it has to exist when a tool is used.
        config: What files may be; None for the defaults.
    """

    __configurable_tool_config__: ClassVar[Any] = FileSystemToolKitConfig()
    __prompt_usage_description__: ClassVar[str] = (
        "The tools ReadFile, WriteFile, ListDirectory, CreateDirectory and DeleteFile work on "
        "files below one directory. Paths are relative to it."
    )
    __namespace__: ClassVar[str | None] = None

    base_directory: Path = Path()

    @toolkit_tool
    @_telling
    def ReadFile(self, path: str) -> str:
        """Read a text file.

        Args:
            path: The file, relative to the base directory.
        """
        file = self._file(path)
        if not file.is_file():
            raise _Refused(f"There is no file {path}.")
        self._check_size(file.stat().st_size)
        with file.open("rb") as opened:
            data = opened.read(self.settings.max_file_size + 1)
        self._check_size(len(data))  # it may have grown
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            raise _Refused(f"{path} is not a text file.") from None

    @toolkit_tool
    @_telling
    def WriteFile(self, path: str, content: str) -> str:
        """Write a text file, a new one or in place of what it had.

        Args:
            path: The file, relative to the base directory.
            content: All the text it shall have.
        """
        file = self._file(path)
        data = content.encode("utf-8", "replace")
        self._check_size(len(data))
        if file.exists() and not file.is_file():
            raise _Refused(f"{path} is not a file.")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        return f"Wrote {len(data)} bytes to {path}."

    @toolkit_tool
    @_telling
    def ListDirectory(self, path: str = "") -> str:
        """List what is in a directory, directories with a slash behind them.

        Args:
            path: The directory, relative to the base directory; empty for the base directory.
        """
        directory = self._directory(path)
        if not directory.is_dir():
            raise _Refused(f"There is no directory {path}.")
        found = (
            f"{entry.name}/" if entry.is_dir() else entry.name for entry in directory.iterdir()
        )
        return "\n".join(sorted(found)) or "The directory is empty."

    @toolkit_tool
    @_telling
    def CreateDirectory(self, path: str) -> str:
        """Create a directory, and those above it.

        Args:
            path: The directory, relative to the base directory.
        """
        self._directory(path).mkdir(parents=True, exist_ok=True)
        return f"The directory {path} is there."

    @toolkit_tool
    @_telling
    def DeleteFile(self, path: str) -> str:
        """Delete a file.

        Args:
            path: The file, relative to the base directory.
        """
        file = self._file(path)
        if not file.is_file():
            raise _Refused(f"There is no file {path}.")
        file.unlink()
        return f"Deleted {path}."

    def _file(self, path: str) -> Path:
        file = self._below(path)
        allowed: Sequence[str] = self.settings.allowed_extensions
        if file.suffix.lower().removeprefix(".") not in allowed:
            raise _Refused(f"The name of a file has to end in one of {', '.join(allowed)}.")
        return file

    def _directory(self, path: str) -> Path:
        return self._below(path or ".")

    def _below(self, path: str) -> Path:
        """Follow every link of a path, and return where it leads."""
        base = Path(os.path.realpath(self.base_directory, strict=True))
        try:
            place = Path(os.path.realpath(base / path))
        except ValueError:  # a zero byte
            raise _Refused("This is no path.") from None
        if not place.is_relative_to(base):
            raise _Refused(f"{path} is outside the base directory.")
        return place

    def _check_size(self, size: int) -> None:
        if size > (most := self.settings.max_file_size):
            raise _Refused(f"The file is too large: {size} bytes, and {most} are allowed.")
