"""What the codecs of all vendors share: JSON in and out, headers, and what a wire can reuse.

Everything here is pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar, cast

import msgspec

from mirascope._version import __version__
from mirascope._wire.json_values import JsonObject, is_object
from mirascope.llm.content import Audio, FileSource, Text, Thought
from mirascope.llm.content.tool_output import plain_result
from mirascope.llm.exceptions import FeatureNotSupportedError
from mirascope.llm.formatting.format_tool import FORMAT_TOOL_NAME
from mirascope.llm.messages import SystemMessage
from mirascope.llm.types.jsonable import plain

if TYPE_CHECKING:
    from mirascope.llm.content import AssistantContentPart
    from mirascope.llm.messages import AssistantMessage
    from mirascope.llm.providers.codec import Request
    from mirascope.llm.types.params import Params

__all__ = [
    "ABSENT",
    "data_url",
    "encode_thoughts",
    "file_id_of",
    "given",
    "given_view",
    "include_thoughts",
    "json_fields",
    "json_headers",
    "leading_system",
    "merge_extra",
    "no_file_ids",
    "parse_json_object",
    "read_json",
    "reusable_raw",
    "said_in",
    "skip",
    "thought_as_text",
    "tool_output_text",
    "unsupported",
]

_T = TypeVar("_T")


def read_json(data: bytes | memoryview, decoder: msgspec.json.Decoder[_T]) -> _T:
    """Return what `decoder` makes of `data`.

    Servers written in Python or JavaScript now and then send what RFC 8259 forbids: NaN, half of a
    surrogate pair, a byte that is not UTF-8. Those are read too, as null and U+FFFD.

    Raises:
        ValueError: It is not JSON, not of the decoder's type, or nested too deeply.
    """
    try:
        return decoder.decode(data)
    except msgspec.ValidationError:
        raise
    except (ValueError, RecursionError):
        pass
    try:
        value: object = json.loads(
            bytes(data).decode("utf-8", "replace"), parse_constant=lambda constant: None
        )
        return decoder.decode(_utf8(json.dumps(value, ensure_ascii=False)))
    except RecursionError:
        raise ValueError("JSON is nested too deeply") from None


def _utf8(text: str) -> bytes:
    """Return `text` as UTF-8; half surrogate pairs are joined, or become U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


ABSENT = msgspec.Raw()
"""The value of a field that is kept undecoded, until there is one."""


def given(raw: msgspec.Raw) -> bytes:
    """Return the JSON of a field that is kept undecoded; empty when it is absent or null."""
    data = bytes(raw)
    return b"" if data == b"null" else data


def given_view(raw: msgspec.Raw) -> memoryview:
    """Return the same without a copy, for what may be most of a body."""
    data = memoryview(cast("bytes", raw))
    return data[:0] if len(data) == 4 and bytes(data) == b"null" else data


def parse_json_object(text: str) -> JsonObject:
    """Return the object that a tool call's arguments are; blank text is the empty object.

    What a model wrote instead of an object is kept under ``invalid_arguments``, so that the history
    sent back to it still shows it.
    """
    if not text.strip():
        return {}
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    return value if is_object(value) else {"invalid_arguments": text}


def tool_output_text(result: object) -> str:
    """Return a tool's result as the text that a model reads: text as it is, all else as JSON.

    A result and its plain form, which is what a saved conversation holds, give the same text.

    Raises:
        TypeError: It holds what no model can be told; see `plain_result`.
    """
    value = plain_result(result)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def data_url(mime: str, data: str) -> str:
    """Return base64 text as a ``data:`` URL."""
    return f"data:{mime};base64,{data}"


def thought_as_text(thought: str) -> str:
    """Return a thought in the form in which it is sent back as text."""
    return f"**Thinking:** {thought}"


def include_thoughts(params: Params) -> bool:
    """Return whether the caller wants to see thoughts."""
    thinking = params.get("thinking")
    return bool(thinking and thinking.get("include_thoughts"))


def encode_thoughts(params: Params) -> bool:
    """Return whether earlier thoughts are sent back as text."""
    thinking = params.get("thinking")
    return bool(thinking and thinking.get("encode_thoughts_as_text"))


def said_in(part: AssistantContentPart, params: Params) -> str:
    """Return the text that a part of a model's turn is sent back as, if it is no call.

    Empty for what only the vendor that made it could be sent back, in a form of its own: thoughts,
    unless the caller wants them sent as text, what it did with tools of its own, and images.
    """
    match part:
        case Text():
            return part.text
        case Thought():
            return thought_as_text(part.thought) if encode_thoughts(params) else ""
        case Audio():
            return part.transcript or ""
        case _:
            return ""


def skip(request: Request, name: str, value: object) -> None:
    """Note a parameter that the wire has no word for; one that is None counts as absent."""
    if value is not None:
        request.warnings.append(f"{name}={value}")


def unsupported(
    request: Request, feature: str, message: str | None = None
) -> FeatureNotSupportedError:
    """Return the error for what the wire, or the model, cannot carry."""
    return FeatureNotSupportedError(feature, request.provider_id, request.model_id, message)


def file_id_of(source: FileSource, request: Request) -> str:
    """Return the id of a file that the vendor keeps.

    Raises:
        FeatureNotSupportedError: Another vendor keeps it.
    """
    if _vendor(source.provider_id) != _vendor(request.provider_id):
        message = (
            f"The file '{source.file_id}' is kept by {source.provider_id}; {request.provider_id} "
            "cannot see it. Upload it there, or send its bytes."
        )
        raise unsupported(request, "files of another provider", message)
    return source.file_id


def no_file_ids(request: Request) -> FeatureNotSupportedError:
    """Return the error for a wire that takes no ids of files in such a place."""
    return unsupported(
        request,
        "file_source",
        f"{request.provider_id} takes no file ids here: send the bytes, with from_file or "
        "from_bytes.",
    )


def reusable_raw(
    message: AssistantMessage, request: Request, provider_model_name: str
) -> object | None:
    """Return the vendor's own record of a turn if it can be sent back as it is, otherwise None.

    It has to come from the same vendor and the same model on the same wire. A turn that called the
    hidden format tool is encoded from its content: there the call has become text.
    """
    raw = message.raw_message
    if (
        not raw
        or message.provider_id is None
        or _vendor(message.provider_id) != _vendor(request.provider_id)
        or message.provider_model_name != provider_model_name
        or encode_thoughts(request.params)
        or _calls_format_tool(raw)
    ):
        return None
    return raw


def _vendor(provider_id: str) -> str:
    """Return the id without its API mode; the mode is part of the provider's model name."""
    return provider_id.partition(":")[0]


def _calls_format_tool(raw: object) -> bool:
    waiting = [raw]
    while waiting:  # and no calls in calls: it may be nested deeper than Python's stack
        one = waiting.pop()
        if isinstance(one, Mapping):
            found = cast("Mapping[str, object]", one)
            name = found.get("name")
            if isinstance(name, str) and name.startswith(FORMAT_TOOL_NAME):
                return True
            waiting += found.values()
        elif isinstance(one, (list, tuple)):
            waiting += cast("Sequence[object]", one)
    return False


def merge_extra(body: Mapping[str, object], params: Params) -> bytes:
    """Return `body`, with the caller's ``extra_body`` merged in, as JSON.

    Objects are merged key by key, anything else in ``extra_body`` replaces what is there.

    Raises:
        ValueError: Something in the request holds itself, or is nested too deeply.
    """
    merged = _merge(body, params.get("extra_body") or {})
    try:
        try:
            return msgspec.json.encode(merged, enc_hook=plain)
        except UnicodeEncodeError:  # half a surrogate pair in somebody's text
            return _utf8(json.dumps(merged, ensure_ascii=False, default=plain))
    except RecursionError:
        parts = [name for name in merged if not _can_be_sent(merged[name])]
        raise ValueError(
            f"{' and '.join(parts)} of the request cannot be sent: something in it, from "
            "extra_body or a message, holds itself or is nested too deeply."
        ) from None


def _can_be_sent(value: object) -> bool:
    try:
        json.dumps(value, default=plain)
    except (RecursionError, ValueError):
        return False
    return True


def _merge(base: Mapping[str, object], extra: Mapping[str, object]) -> dict[str, object]:
    merged = dict(base)
    for key, value in extra.items():
        below = merged.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            value = _merge(cast("Mapping[str, object]", below), cast("Mapping[str, object]", value))
        merged[key] = value
    return merged


_OWN_HEADERS = frozenset({"connection", "content-length", "host", "transfer-encoding"})
"""What says how a request is sent, and is the connection's to say."""
# https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 (read 2025-11): a token.
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def json_headers(params: Params, **more: str) -> dict[str, str]:
    """Return the headers of a JSON request, names in lower case.

    Args:
        params: Its ``extra_headers`` win over everything else.
        **more: Headers of this wire; an underscore in a name stands for a hyphen.

    Raises:
        ValueError: An extra header is the connection's own, or cannot be sent.
    """
    headers = {
        "content-type": "application/json",
        "accept": "application/json",
        "user-agent": f"mirascope/{__version__}",
    }
    headers.update((name.replace("_", "-").lower(), value) for name, value in more.items())
    extra = params.get("extra_headers") or {}
    for name, value in extra.items():
        if name.lower() in _OWN_HEADERS:
            raise ValueError(f"extra_headers cannot set {name!r}: it belongs to the connection.")
        if not _HEADER_NAME.fullmatch(name):
            raise ValueError(f"extra_headers has {name!r}, which is no name of a header.")
        if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # users err
            raise ValueError(f"extra_headers needs text for {name!r}, got {type(value).__name__}.")
        headers[name.lower()] = value
    return headers


_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def json_fields(body: bytes, *names: str) -> dict[str, msgspec.Raw]:
    """Return the fields of a request's body, as they are: those of these names, all if none."""
    fields = _FIELDS.decode(body)
    return {name: fields[name] for name in fields if name in names} if names else fields


def leading_system(request: Request) -> tuple[list[str], int]:
    """Return the texts of the system messages that come first, and how many messages they are."""
    texts: list[str] = []
    for message in request.messages:
        if not isinstance(message, SystemMessage):
            break
        texts.append(message.content.text)
    return [text for text in texts if text.strip()], len(texts)
