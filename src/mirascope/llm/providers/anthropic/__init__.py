"""Anthropic: the Messages wire."""
