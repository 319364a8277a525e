"""What the tests of embeddings share: a colour, and a server that speaks OpenAI's wire."""

from __future__ import annotations

import asyncio
import base64
import json
import struct
from collections.abc import Sequence
from typing import Any

from mirascope import llm
from tests.loopback import Exchange, Reply, Server

KEY = "sk-s3cret-of-the-vendor"


def embed(colour: str, model: str, texts: str | Sequence[str], **more: Any) -> llm.Embeddings:
    if colour == "sync":
        more.pop("max_concurrency", None)
        return llm.embed(model, texts, **more)
    return asyncio.run(llm.embed_async(model, texts, **more))


def register(
    server: Server,
    provider: str = "openai",
    base: str = "/v1",
    scope: str = "local/",
    **more: Any,
) -> None:
    llm.register_provider(provider, scope=scope, base_url=server.url(base), api_key=KEY, **more)


def number(text: str) -> list[float]:
    """Return the vector of a text that is a number, which singles hold exactly."""
    return [float(text), 1.0, -0.5]


def packed(vector: Sequence[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def said(value: object, **more: Any) -> Reply:
    return Reply(body=json.dumps(value).encode(), **more)


def numbers(exchange: Exchange) -> None:
    """Answer with the vectors of texts that are numbers, last first."""
    asked = json.loads(exchange.request.body)
    data = [
        {"index": index, "embedding": packed(number(text))}
        for index, text in enumerate(asked["input"])
    ]
    usage = {"prompt_tokens": len(data), "total_tokens": len(data)}
    said({"data": data[::-1], "usage": usage})(exchange)
