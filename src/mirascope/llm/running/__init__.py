"""Runs: the loop of answers and tools, until an answer calls none."""

from mirascope.llm.running.options import RunOptions, StopWhen, UsageLimits
from mirascope.llm.running.record import Round
from mirascope.llm.running.runs import AsyncRun, Run

__all__ = ["AsyncRun", "Round", "Run", "RunOptions", "StopWhen", "UsageLimits"]
