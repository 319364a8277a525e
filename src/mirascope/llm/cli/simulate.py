"""``mirascope simulate``: the simulator as an HTTP server."""

from __future__ import annotations

import argparse
import socket
from contextlib import suppress
from pathlib import Path

from mirascope.llm.cli.exits import Exit
from mirascope.llm.cli.signals import interruptible
from mirascope.llm.cli.terminal import tell, write
from mirascope.llm.testing import ScriptedTurn, Simulator, load_script

__all__ = ["run"]


def run(options: argparse.Namespace) -> Exit:
    """Serve until interrupted, and return how it went."""
    try:
        from mirascope.llm.testing.server import serve  # an extra
    except ImportError as error:
        tell(f"mirascope: {error} In tests, llm.testing.simulate() needs no server.")
        return Exit.USAGE
    script: list[ScriptedTurn] | None = None
    try:
        if options.script:
            script = load_script(Path(options.script))
    except (OSError, ValueError) as error:
        tell(f"mirascope: --script {options.script}: {error}")
        return Exit.USAGE
    try:
        listener = socket.create_server((options.host, options.port))
    except OSError as error:
        tell(f"mirascope: cannot listen on {options.host}:{options.port}: {error}")
        return Exit.FAILED
    with listener:
        write(_greeting(options.host, listener.getsockname()[1]) + "\n")
        interruptible()
        with suppress(KeyboardInterrupt):  # the regular way to end it
            serve(Simulator(script, delay=options.delay), listener, tell)
    return Exit.OK


def _greeting(host: str, port: int) -> str:
    base = f"http://{host}:{port}"
    return (
        f"Simulator listening on {base} (Ctrl-C ends it)\n"
        f"  OPENAI_BASE_URL={base}/v1\n"
        f"  ANTHROPIC_BASE_URL={base}\n"
        f"  GOOGLE_GEMINI_BASE_URL={base}\n"
        f"  CO_API_URL={base}\n"
        "Any key will do."
    )
