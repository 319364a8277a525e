"""Objects of the user's own modules, named on the command line as ``module:name``."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

__all__ = ["find_module", "find_object"]


def find_module(name: str) -> ModuleType:
    """Import a module, one in the working directory too.

    Raises:
        ImportError: There is no such module, or it does not import.
    """
    sys.path.insert(0, str(Path.cwd()))
    try:
        return import_module(name)
    finally:
        sys.path.remove(str(Path.cwd()))


def find_object(module: str, name: str) -> object:
    """Return what has a name, which may be dotted, in a module.

    Raises:
        ImportError: There is no such module, or it does not import.
        AttributeError: It has nothing of that name.
    """
    found: object = find_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found
