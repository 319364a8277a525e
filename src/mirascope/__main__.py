"""``python -m mirascope``: the same as the command ``mirascope``."""

from __future__ import annotations

import sys

from mirascope.llm.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
