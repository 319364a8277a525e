"""What a stream has said so far."""

from __future__ import annotations

from copy import copy
from typing import Any

from .reading import Reading

__all__ = ["Aggregate", "Thought"]


# What most chunks say, and nothing more.
_USUAL = frozenset({"id", "model", "text"})
_COUNTS = ("usage", "input_tokens", "cached_tokens", "output_tokens", "cache_write_tokens")


class _Text:
    """Text kept as its pieces and joined when it is read, so that it grows in linear time."""

    __slots__ = ("_pieces",)

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def add(self, piece: str) -> None:
        if piece:
            self._pieces.append(piece)

    def __str__(self) -> str:
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""


class Thought:
    """A block of thinking: its text and signature, or what the vendor sent in its place."""

    __slots__ = ("redacted", "signature", "text")

    def __init__(self) -> None:
        self.text = _Text()
        self.signature = _Text()
        self.redacted: Any = None


class Aggregate:
    """Adds readings up: texts grow, and of everything else the last one reported stands.

    Vendors that report usage more than once (anthropic, google) report totals so far, so adding
    them would bill twice.
    """

    def __init__(self, model: str) -> None:
        self.said = Reading()
        self.said.model = model
        self.text = _Text()
        self.thinking = _Text()
        self.refusal = _Text()
        self.signature = _Text()
        self.audio: list[bytes] = []
        self.audio_transcript = _Text()
        self.thoughts: dict[int | None, Thought] = {}
        self.tool_calls: list[Any] = []
        self.call_signatures: list[bytes | None] = []
        self._add_text = self.text.add

    def add(self, reading: Reading) -> None:
        """Add what one chunk says."""
        if text := reading.text:
            self._add_text(text)
        if (model := reading.model) is not None:
            self.said.model = model
        if (id := reading.id) is not None:
            self.said.id = id
        # A reading holds what is said and nothing else.
        if not _USUAL.issuperset(reading.__dict__):
            self._add_rest(reading)

    def _add_rest(self, reading: Reading) -> None:
        if reading.finish_reasons:
            self.said.finish_reasons = reading.finish_reasons
        if reading.usage is not None:
            for name in _COUNTS:
                if (count := getattr(reading, name)) is not None:
                    setattr(self.said, name, count)
        if reading.thinking or reading.signature or reading.redacted:
            self._add_thought(reading)
        self.refusal.add(reading.refusal)
        self.call_signatures.extend(reading.call_signatures)
        if reading.audio_id is not None:
            self.said.audio_id = reading.audio_id
        if reading.audio:
            self.audio.append(reading.audio)
        self.audio_transcript.add(reading.audio_transcript or "")

    def _add_thought(self, reading: Reading) -> None:
        self.thinking.add(reading.thinking)
        self.signature.add(reading.signature)
        thought = self.thoughts.setdefault(reading.block, Thought())
        thought.text.add(reading.thinking)
        thought.signature.add(reading.signature)
        if reading.redacted:
            thought.redacted = (thought.redacted or reading.redacted[:0]) + reading.redacted

    def reading(self) -> Reading:
        """Give all of it as one reading, as a whole response would have been read."""
        total = copy(self.said)
        total.text, total.refusal = str(self.text), str(self.refusal)
        total.thinking, total.signature = str(self.thinking), str(self.signature)
        total.thoughts = list(self.thoughts.values())
        total.tool_calls, total.call_signatures = self.tool_calls, self.call_signatures
        total.audio, total.audio_transcript = b"".join(self.audio), str(self.audio_transcript)
        return total

    def add_tool(self, tool: Any) -> None:
        """Add a tool's call, once it is complete."""
        if tool.delta is None:
            self.tool_calls.append(tool.tool_call)
