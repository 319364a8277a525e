"""The order of the packages: an import may only point left."""

from __future__ import annotations

from tests.imports import Import

__all__ = ["LAYERS", "RANK", "package_of", "points_right"]

LAYERS = (
    ("_wire", "_version", "_install"),
    ("llm.types", "llm.exceptions"),
    ("llm.transport",),
    ("llm.content", "llm.messages", "llm.context"),
    ("llm.tools",),
    ("llm.formatting", "llm.running"),
    ("llm.pricing",),
    ("llm.responses",),
    ("llm.layering",),
    ("llm.providers",),
    ("llm.models",),
    ("llm.prompts", "llm.calls"),
    ("llm.retries", "llm.caching", "llm.limiting", "llm.telemetry", "llm.tracking"),
    ("llm.embeddings",),
    ("llm.wires",),
    ("llm.mcp",),
    ("llm",),  # the package itself: nothing but names of the layers before it
    ("llm.testing", "llm.cli"),
    ("core", "__main__", "beta"),
    ("retries",),
    ("integrations", "tools", "mcp"),
)
RANK = {package: rank for rank, layer in enumerate(LAYERS) for package in layer}


def package_of(module: str) -> str | None:
    """Return the entry of `LAYERS` that `module` belongs to; None for `mirascope` itself."""
    parts = module.split(".")[1:]
    if not parts:
        return None
    return ".".join(parts[:2]) if parts[0] == "llm" else parts[0]


def points_right(arrow: Import) -> bool:
    importer, imported = package_of(arrow.importer), package_of(arrow.imported)
    if importer is None or imported is None:
        return False
    return RANK[imported] > RANK[importer]
