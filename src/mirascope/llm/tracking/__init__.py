"""What is used, and what it costs, over everything that is asked in a block."""

from mirascope.llm.tracking.tally import Share
from mirascope.llm.tracking.total import Total, track

__all__ = ["Share", "Total", "track"]
