"""What happens without the library, and what it costs who does not use it."""

from __future__ import annotations

import subprocess
import sys

from mirascope._install import how_to_install
from tests.llm.mcp.environments import environment


def printed(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True
    ).stdout


def test_without_the_library() -> None:
    said = printed(
        "import sys; sys.modules['mcp'] = None\n"
        "from mirascope import llm\n"
        "from mirascope.llm import *\n"
        "print(hasattr(llm, 'mcp'))\n"
        "try:\n"
        "    from mirascope.llm import mcp\n"
        "except ImportError as error:\n"
        "    print(error)\n"
        "try:\n"
        "    llm.mcp\n"
        "except AttributeError as error:\n"
        "    print(error)\n"
    )
    assert said.startswith("False\n")
    assert said.count(how_to_install("mcp")) == 2


def test_it_is_loaded_when_it_is_used() -> None:
    said = printed(
        "import sys\n"
        "from mirascope import llm\n"
        "from mirascope.llm import *\n"
        "print(sorted({'mcp', 'anyio', 'httpx2'} & sys.modules.keys()))"
    )
    assert said == "[]\n"
