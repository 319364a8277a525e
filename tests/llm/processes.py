"""Run a function in a second process that knows nothing but what is sent to it."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def elsewhere(fn: Callable[..., T], *args: object) -> T:
    """Return what `fn` returns in a new process; it and the arguments are pickled."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(fn, *args).result()
