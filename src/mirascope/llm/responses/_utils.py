"""Reading JSON out of an answer's text, complete or not."""

from mirascope.llm.formatting.extract import extract_serialized_json, parse_partial_json

__all__ = ["extract_serialized_json", "parse_partial_json"]
