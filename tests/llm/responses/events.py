"""Made-up answers for property tests: any events that fit together."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from mirascope import llm
from mirascope.llm.responses import RawMessageChunk
from mirascope.llm.responses.chunks import AnsweredBy, AnswerEnd, Event, FromCache
from mirascope.llm.responses.finish_reason import FinishReasonChunk

KINDS = ("text", "thought", "tool_call")
ERRORS: list[tuple[str, BaseException | None]] = [
    ("complete", None),
    ("truncated", llm.StreamTruncatedError("cut", "test", model="test/m", request_id="r")),
    ("failed", llm.RateLimitError("slow down", "test", 429, retry_after=1.5, code="slow")),
    ("timed_out", llm.TimeoutError("late", "test")),
    ("cancelled", llm.StreamCancelledError("closed", "test")),
    ("failed", ValueError("not ours")),
]
any_json: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
counts = st.integers(0, 10**6)


def start(kind: str, id: str) -> Any:
    if kind == "text":
        return llm.TextStartChunk(id=id)
    if kind == "thought":
        return llm.ThoughtStartChunk(id=id)
    return llm.ToolCallStartChunk(id=id, name="tool")


def delta(kind: str, id: str, text: str) -> Any:
    if kind == "text":
        return llm.TextChunk(id=id, delta=text)
    if kind == "thought":
        return llm.ThoughtChunk(id=id, delta=text)
    return llm.ToolCallChunk(id=id, delta=text)


def end(kind: str, id: str) -> Any:
    if kind == "text":
        return llm.TextEndChunk(id=id)
    if kind == "thought":
        return llm.ThoughtEndChunk(id=id)
    return llm.ToolCallEndChunk(id=id)


bookkeeping: st.SearchStrategy[Event] = st.one_of(
    st.builds(RawMessageChunk, raw_message=any_json),
    st.builds(
        llm.UsageDeltaChunk,
        input_tokens=counts,
        output_tokens=counts,
        cache_read_tokens=counts,
        reasoning_tokens=counts,
        raw=any_json,
        provider_tool_usage=st.none()
        | st.lists(st.builds(llm.ProviderToolUsage, name=st.text(), call_count=counts), max_size=2),
    ),
    st.builds(AnsweredBy, provider_id=st.text(), model_id=st.text(), provider_model_name=st.text()),
    st.builds(FromCache, stored=st.floats(0, 1e10)),
)


@st.composite
def answers(draw: st.DrawFn, *, ended: bool = True) -> list[Event]:
    """Return the events of an answer: parts that overlap, some left open, and an end."""
    events: list[Event] = []
    open_parts: list[tuple[str, str]] = []
    for number in range(draw(st.integers(0, 25))):
        step = draw(st.sampled_from(["start", "delta", "delta", "end", "other"]))
        if step == "start":
            part = (draw(st.sampled_from(KINDS)), str(number))
            open_parts.append(part)
            events.append(start(*part))
        elif step == "other":
            events.append(draw(bookkeeping))
        elif open_parts:
            part = draw(st.sampled_from(open_parts))
            if step == "delta":
                events.append(delta(*part, draw(st.text())))
            else:
                open_parts.remove(part)
                events.append(end(*part))
    if draw(st.booleans()):
        reason = draw(st.sampled_from(list(llm.FinishReason)))
        events.append(FinishReasonChunk(finish_reason=reason))
    if ended:
        state, error = draw(st.sampled_from(ERRORS))
        events.append(AnswerEnd(state=state, error=error))  # type: ignore[arg-type] - one of them
    return events
