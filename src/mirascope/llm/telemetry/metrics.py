"""What is measured of requests, runs and tools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from opentelemetry.context import Context
from opentelemetry.metrics import Meter

from mirascope.llm.layering.account import Account
from mirascope.llm.telemetry import conventions as names

__all__ = ["Attributes", "Metrics"]

Attributes: TypeAlias = dict[str, Any]

_OF_METRICS = (
    names.OPERATION,
    names.PROVIDER,
    names.REQUEST_MODEL,
    names.RESPONSE_MODEL,
    names.SERVER_ADDRESS,
    names.SERVER_PORT,
    names.ERROR_TYPE,
)
"""The attributes of a span that have few values, so that metrics can be told apart by them."""


class Metrics:
    """The instruments; those of the convention that counts each chunk would cost as much again."""

    def __init__(self, meter: Meter) -> None:
        durations, tokens = list(names.DURATION_BUCKETS), list(names.TOKEN_BUCKETS)
        self._duration = meter.create_histogram(
            names.DURATION,
            unit="s",
            description="Duration of a request.",
            explicit_bucket_boundaries_advisory=durations,
        )
        self._first = meter.create_histogram(
            names.TIME_TO_FIRST_CHUNK_METRIC,
            unit="s",
            description="Time to the first content of a streamed answer.",
            explicit_bucket_boundaries_advisory=durations,
        )
        self._per_token = meter.create_histogram(
            names.TIME_PER_OUTPUT_TOKEN,
            unit="s",
            description="Mean time per token after the first content of a streamed answer.",
            explicit_bucket_boundaries_advisory=[boundary / 10 for boundary in durations],
        )
        self._tokens = meter.create_histogram(
            names.TOKEN_USAGE,
            unit="{token}",
            description="Number of input and output tokens.",
            explicit_bucket_boundaries_advisory=tokens,
        )
        self._tool = meter.create_histogram(
            names.TOOL_DURATION,
            unit="s",
            description="Duration of a tool's execution.",
            explicit_bucket_boundaries_advisory=durations,
        )
        self._run = meter.create_histogram(
            names.RUN_DURATION,
            unit="s",
            description="Duration of an agent's run.",
            explicit_bucket_boundaries_advisory=list(names.RUN_DURATION_BUCKETS),
        )

    def request(self, account: Account, of_span: Mapping[str, Any], context: Context) -> None:
        """Measure a request that is over; `of_span` are the attributes of its span."""
        attributes = {name: of_span[name] for name in _OF_METRICS if name in of_span}
        self._duration.record(account.duration, attributes, context)
        if account.request.stream and account.first_content is not None:
            self._first.record(account.first_content, attributes, context)
        if (seconds := account.seconds_per_token) is not None:
            self._per_token.record(seconds, attributes, context)
        attributes.pop(names.ERROR_TYPE, None)
        for kind, name in (("input", names.INPUT_TOKENS), ("output", names.OUTPUT_TOKENS)):
            if name in of_span:
                self._tokens.record(of_span[name], {**attributes, names.TOKEN_TYPE: kind}, context)

    def tool(self, seconds: float, attributes: Attributes, context: Context) -> None:
        """Measure the execution of a tool."""
        self._tool.record(seconds, attributes, context)

    def run(self, seconds: float, attributes: Attributes, context: Context) -> None:
        """Measure the run of an agent."""
        self._run.record(seconds, attributes, context)
