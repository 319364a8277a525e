"""Claude on Vertex AI: the Messages wire, with the model in the path.

https://docs.claude.com/en/api/claude-on-vertex-ai (2026-01).
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import msgspec

from mirascope.llm.providers.anthropic.codec import COUNTED, AnthropicCodec
from mirascope.llm.providers.anthropic.encode import encode_body, encode_headers
from mirascope.llm.providers.capabilities import settled
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import json_fields, merge_extra
from mirascope.llm.providers.google.quirks import model_path
from mirascope.llm.transport.http import HttpRequest

__all__ = ["VertexAnthropicCodec"]

_VERSION = "vertex-2023-10-16"


class VertexAnthropicCodec(AnthropicCodec):
    """The Messages wire as Vertex AI has it."""

    id: ClassVar[str] = "vertex-anthropic"

    def encode(self, request: Request) -> HttpRequest:
        """Return the request; see `Codec.encode`."""
        path = model_path(request.model_name, "publishers/anthropic/models")
        can = settled(request, self.knows(request.model_name))
        body = {"anthropic_version": _VERSION, **encode_body(request, can)}
        del body["model"]
        return HttpRequest(
            url=f"/{path}:{'streamRawPredict' if request.stream else 'rawPredict'}",
            headers=encode_headers(request),
            body=merge_extra(body, request.params),
        )

    def encode_count(self, request: Request) -> HttpRequest:
        """Return the request for a count, which names the model in its body as nowhere else here.

        https://docs.cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/count-tokens
        (2026-01).
        """
        asked = self.encode(request)
        fields: dict[str, object] = {
            **json_fields(asked.body, "anthropic_version", *COUNTED),
            "model": request.model_name,
        }
        return replace(
            asked,
            url="/publishers/anthropic/models/count-tokens:rawPredict",
            body=msgspec.json.encode(fields),
        )
