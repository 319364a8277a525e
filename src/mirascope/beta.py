"""v1's beta package is not built; importing it says what there is instead."""

from __future__ import annotations

raise ImportError(
    "`mirascope.beta` is not built. Calls, streams and tools are in `mirascope.core`; retrieval is "
    "a prompt function that asks the store's own library, and realtime audio the vendor's own SDK. "
    "docs/v1.md has the list.",
    name=__name__,
)
