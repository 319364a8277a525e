"""What a stream has said so far."""

from __future__ import annotations

from typing import Any

from .reading import Reading

__all__ = ["Aggregate", "Thought"]


# What most chunks say, and nothing more.
_USUAL = frozenset({"id", "model", "text"})


class _Text:
    """Text kept as its pieces and joined when it is read, so that it grows in linear time."""

    __slots__ = ("_pieces",)

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def add(self, piece: str) -> None:
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
    """Adds readings up. One rule for counts: the last one reported stands.

    Vendors that report usage more than once (anthropic, google) report totals so far, so adding
    them would bill twice.
    """

    def __init__(self, model: str) -> None:
        self.model = model
        self.text = _Text()
        self.thinking = _Text()
        self.refusal = _Text()
        self.signature = _Text()
        self.id: str | None = None
        self.finish_reasons: list[Any] | None = None
        self.usage: Any = None
        self.input_tokens: int | float | None = None
        self.cached_tokens: int | float | None = None
        self.output_tokens: int | float | None = None
        self.cache_write_tokens: int | None = None
        self.audio_id: str | None = None
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
            self.model = model
        if (id := reading.id) is not None:
            self.id = id
        # A reading holds what is said and nothing else.
        if not _USUAL.issuperset(reading.__dict__):
            self._add_rest(reading)

    def _add_rest(self, reading: Reading) -> None:
        if reading.finish_reasons:
            self.finish_reasons = reading.finish_reasons
        if reading.refusal:
            self.refusal.add(reading.refusal)
        if reading.usage is not None:
            self._add_usage(reading)
        if reading.thinking or reading.signature or reading.redacted:
            self._add_thought(reading)
        if reading.call_signatures:
            self.call_signatures.extend(reading.call_signatures)
        if reading.audio_id is not None or reading.audio or reading.audio_transcript:
            self._add_audio(reading)

    def _add_thought(self, reading: Reading) -> None:
        self.thinking.add(reading.thinking)
        self.signature.add(reading.signature)
        thought = self.thoughts.setdefault(reading.block, Thought())
        thought.text.add(reading.thinking)
        thought.signature.add(reading.signature)
        if reading.redacted:
            thought.redacted = (thought.redacted or reading.redacted[:0]) + reading.redacted

    def _add_audio(self, reading: Reading) -> None:
        if reading.audio_id is not None:
            self.audio_id = reading.audio_id
        if reading.audio:
            self.audio.append(reading.audio)
        if reading.audio_transcript:
            self.audio_transcript.add(reading.audio_transcript)

    def _add_usage(self, reading: Reading) -> None:
        self.usage = reading.usage
        if reading.input_tokens is not None:
            self.input_tokens = reading.input_tokens
        if reading.cached_tokens is not None:
            self.cached_tokens = reading.cached_tokens
        if reading.output_tokens is not None:
            self.output_tokens = reading.output_tokens
        if reading.cache_write_tokens is not None:
            self.cache_write_tokens = reading.cache_write_tokens

    def reading(self) -> Reading:
        """Give all of it as one reading, as a whole response would have been read."""
        total = Reading()
        total.text = str(self.text)
        total.thinking, total.signature = str(self.thinking), str(self.signature)
        total.refusal = str(self.refusal)
        total.thoughts = list(self.thoughts.values())
        total.tool_calls, total.call_signatures = self.tool_calls, self.call_signatures
        total.id, total.model, total.finish_reasons = self.id, self.model, self.finish_reasons
        total.usage = self.usage
        total.input_tokens, total.output_tokens = self.input_tokens, self.output_tokens
        total.cached_tokens = self.cached_tokens
        total.cache_write_tokens = self.cache_write_tokens
        total.audio, total.audio_id = b"".join(self.audio), self.audio_id
        total.audio_transcript = str(self.audio_transcript)
        return total

    def add_tool(self, tool: Any) -> None:
        """Add a tool's call, once it is complete."""
        if tool.delta is None:
            self.tool_calls.append(tool.tool_call)
