"""What makes two requests the same: a key that is equal in every process, and always was.

In the key is what an answer may depend on. The form is held still by golden files in the tests, for
keys are kept on disk; when it has to change, `_FORM` does, and old entries are never found again.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from mirascope.llm.content.json_form import dump
from mirascope.llm.formatting import Format, resolve_format
from mirascope.llm.formatting.types import HasFormattingInstructions
from mirascope.llm.layering import Request
from mirascope.llm.messages import Message
from mirascope.llm.tools import AnyToolSchema, ProviderTool
from mirascope.llm.types.jsonable import plain

__all__ = ["request_key"]

_FORM = 1
_HOW_IT_IS_READ = ("timeout", "keep_raw")
"""Parameters that say how an answer is waited for and kept, and not which one is wanted."""


def request_key(request: Request) -> str:
    """Return the key of a request: a SHA-256 in hexadecimal.

    It stands for the model by its id and both names, the messages, the tools as the model is told
    of them, the format with its schema and mode, and the parameters; not for ``timeout``,
    ``keep_raw`` and whether the answer is streamed. ``extra_headers`` count, for some of them
    change answers (``anthropic-beta``, an organisation); what they say cannot be read in the key.

    Raises:
        Exception: Something in the request has no JSON form.
    """
    asked = {
        "form": _FORM,
        "provider": request.provider_id,
        "model": request.model_id,
        "model_name": request.model_name,
        "messages": dump(Sequence[Message], request.messages, "messages"),
        "tools": [_tool(tool) for tool in request.toolkit.tools],
        "format": _format(request),
        "params": _params(request.params),
    }
    text = json.dumps(asked, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _tool(tool: AnyToolSchema | ProviderTool) -> dict[str, object]:
    if isinstance(tool, ProviderTool):
        # Only what was set: a setting that a later version adds changes no key.
        made = {
            field.name: getattr(tool, field.name)
            for field in dataclasses.fields(tool)
            if getattr(tool, field.name) != field.default
        }
        return {"kind": type(tool).__name__, "name": tool.name, **made}
    return {
        "name": tool.name,
        "description": tool.description,
        "parameters": plain(tool.parameters.model_dump(by_alias=True), whole=True),
        "strict": tool.strict,
    }


def _format(request: Request) -> dict[str, object] | None:
    spec = request.format_spec
    # Where the caller does not say, the mode is the provider's choice, and that is in the key.
    format = resolve_format(spec, "json")
    if format is None:
        return None
    formattable: object = format.formattable
    own = isinstance(formattable, HasFormattingInstructions) and callable(
        formattable.formatting_instructions
    )
    return {
        "name": format.name,
        "description": format.description,
        "schema": plain(format.schema, whole=True),
        "mode": format.mode if isinstance(spec, Format) else None,
        "instructions": format.formatting_instructions if own else None,
    }


def _params(params: Mapping[str, Any]) -> dict[str, object]:
    said: dict[str, object] = {}
    for name, value in params.items():
        if name in _HOW_IT_IS_READ or value is None:
            continue
        if name == "extra_headers":
            value = {key.lower(): text for key, text in value.items()}
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # a temperature of 1.0 is one of 1
        said[name] = plain(value, whole=True)
    return said
