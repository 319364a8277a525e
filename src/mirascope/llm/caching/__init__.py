"""Caches: answers that are kept, and given again to who asks the same."""

from mirascope.llm.caching.cache_layer import Cache, cache
from mirascope.llm.caching.keys import request_key
from mirascope.llm.caching.sqlite_store import SQLiteStore
from mirascope.llm.caching.stores import CacheStore, MemoryStore

__all__ = ["Cache", "CacheStore", "MemoryStore", "SQLiteStore", "cache", "request_key"]
