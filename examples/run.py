"""Run an example without a key, on the simulator: ``python examples/run.py text``.

With a vendor's key in the environment, ``python examples/text.py`` asks the real model.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

from mirascope import llm

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("*.py") if path.name != "run.py")


def main() -> None:
    if len(sys.argv) != 2 or sys.argv[1] not in NAMES:
        sys.exit(f"usage: python examples/run.py [{' | '.join(NAMES)}]")
    pace = 0.03 if sys.stdout.isatty() else None  # seconds before each delta
    with llm.testing.simulate(delay=pace):
        runpy.run_path(str(HERE / f"{sys.argv[1]}.py"), run_name="__main__")


if __name__ == "__main__":
    main()
