"""Run an example without a key, on the simulator: ``python examples/run.py first_day/chat``.

With a vendor's key in the environment, ``python examples/first_day/chat.py`` asks the real model.
What follows the name goes to the example.
"""

from __future__ import annotations

import multiprocessing
import runpy
import sys
from pathlib import Path

from mirascope import llm

HERE = Path(__file__).parent
NAMES = sorted(
    path.relative_to(HERE).with_suffix("").as_posix()
    for folder in (HERE, HERE / "first_day")
    for path in folder.glob("*.py")
    if path.name != "run.py" and not path.name.startswith("test_")
)


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
        sys.exit(f"usage: python examples/run.py [{' | '.join(NAMES)}]")
    example = HERE / f"{sys.argv.pop(1)}.py"
    if "fork" in multiprocessing.get_all_start_methods():
        multiprocessing.set_start_method("fork")  # workers that inherit the simulator
    pace = 0.03 if sys.stdout.isatty() else None  # seconds before each delta
    with llm.testing.simulate(delay=pace):
        runpy.run_path(str(example), run_name="__main__")


if __name__ == "__main__":
    main()
