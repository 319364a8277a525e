"""Values for JSON Schemas."""

from mirascope.llm.testing.schema.generator import generate

__all__ = ["generate"]
