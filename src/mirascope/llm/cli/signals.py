"""Ctrl-C and SIGTERM: what they end, and how."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from mirascope.llm.cli.exits import Exit
from mirascope.llm.cli.terminal import tell

__all__ = ["interruptible", "signals_heard"]


@contextmanager
def signals_heard() -> Generator[None]:
    """Let Ctrl-C end the process at once, and SIGTERM unwind it, within a block.

    At once, for at first modules are loaded: there an exception out of the blue can get lost, or
    crash an extension, and there is nothing yet to be put in order. See `interruptible`. SIGTERM,
    which `timeout` sends, would leave a terminal without its cursor.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # A shell may have it ignored, and a program that calls us may have a handler of its own.
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    terminated = signal.signal(signal.SIGTERM, _unwind)
    if ours:
        signal.signal(signal.SIGINT, _leave)
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, terminated)


def interruptible() -> None:
    """Let Ctrl-C be an exception from now on: all is loaded, and there is something to end."""
    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    tell("Interrupted.")
    os._exit(Exit.INTERRUPTED)


def _unwind(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
