"""Limits: how many requests at a time, and how many requests and tokens a minute."""

from mirascope.llm.limiting.budgets import CountStore
from mirascope.llm.limiting.estimates import estimate_tokens
from mirascope.llm.limiting.limit_layer import Limit, limit

__all__ = ["CountStore", "Limit", "estimate_tokens", "limit"]
