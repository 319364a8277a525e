"""What a process needs to import this checkout."""

from __future__ import annotations

import os
import sys

__all__ = ["environment"]


def environment() -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
