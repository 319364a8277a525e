"""What kind of sound Chat Completions sends.

https://platform.openai.com/docs/guides/audio (2026-01): it is asked for with ``modalities`` and
``audio``, and an answer does not say what it is.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from mirascope._wire.json_values import as_object, as_text
from mirascope.llm.content.audio import infer_audio_type

if TYPE_CHECKING:
    from mirascope.llm.types.params import Params

__all__ = ["sound_type"]

_SAMPLES = "audio/pcm;rate=24000"


def sound_type(data: str, params: Params) -> str:
    """Return the type of sound.

    Args:
        data: The first of it, as base64 text.
        params: What was asked for: the format in ``extra_body`` counts, but that some servers put
            samples into a WAV file.
    """
    first = base64.b64decode(data[:64])
    asked = as_text(as_object((params.get("extra_body") or {}).get("audio")).get("format"))
    if first.startswith(b"RIFF") and first[8:12] == b"WAVE":
        return "audio/wav"
    if asked == "pcm16":
        return _SAMPLES
    if asked:
        return f"audio/{asked}"
    return infer_audio_type(first) or _SAMPLES
