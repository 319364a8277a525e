"""The path that `mirascope.retries.tenacity` had first."""

from mirascope.retries.tenacity import collect_errors

__all__ = ["collect_errors"]
