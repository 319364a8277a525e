"""Where settings and logs are kept, as the XDG Base Directory Specification has it.

https://specifications.freedesktop.org/basedir-spec/ (0.8)
"""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["config_folder", "data_folder"]


def config_folder() -> Path:
    """Return the folder for settings and templates; it need not exist."""
    return _folder("XDG_CONFIG_HOME", ".config")


def data_folder() -> Path:
    """Return the folder for logs and the history of chats; it need not exist."""
    return _folder("XDG_DATA_HOME", ".local/share")


def _folder(variable: str, otherwise: str) -> Path:
    named = os.environ.get(variable, "")
    # One that is not absolute is to be ignored, the specification says.
    return (
        Path(named) if os.path.isabs(named) else Path("~", otherwise).expanduser()
    ) / "mirascope"
