"""Made-up answers for property tests: any events that fit together."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from mirascope import llm
from mirascope.llm.responses import RawMessageChunk
from mirascope.llm.responses.chunks import AnsweredBy, AnswerEnd, Event, FromCache
from mirascope.llm.responses.finish_reason import FinishReasonChunk

KINDS = ("text", "thought", "tool_call", "provider_tool_call", "audio")
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
    if kind == "audio":
        return llm.AudioStartChunk(id=id, mime_type="audio/pcm;rate=8000")
    if kind == "provider_tool_call":
        return llm.ProviderToolCallStartChunk(id=id, name="web_search")
    return llm.ToolCallStartChunk(id=id, name="tool")


def delta(kind: str, id: str, text: str) -> Any:
    if kind == "text":
        return llm.TextChunk(id=id, delta=text)
    if kind == "thought":
        return llm.ThoughtChunk(id=id, delta=text)
    if kind == "audio":
        return llm.AudioChunk(id=id, delta="AAAA", transcript=text)
    if kind == "provider_tool_call":
        return llm.ProviderToolCallChunk(id=id, delta=text)
    return llm.ToolCallChunk(id=id, delta=text)


def end(kind: str, id: str) -> Any:
    if kind == "text":
        return llm.TextEndChunk(id=id)
    if kind == "thought":
        return llm.ThoughtEndChunk(id=id)
    if kind == "audio":
        return llm.AudioEndChunk(id=id)
    if kind == "provider_tool_call":
        return llm.ProviderToolCallEndChunk(id=id)
    return llm.ToolCallEndChunk(id=id)


def image(data: str) -> llm.Image:
    source = llm.Base64ImageSource(type="base64_image_source", data=data, mime_type="image/png")
    return llm.Image(source=source)


places = st.none() | st.integers(0, 10**6)
citations = st.builds(
    llm.Citation,
    start=places,
    end=places,
    url=st.none() | st.text(),
    title=st.none() | st.text(),
    source=st.none() | st.text(),
    cited_text=st.none() | st.text(),
)
outputs = st.builds(
    llm.ProviderToolOutput,
    id=st.text(),
    name=st.text(),
    result=any_json,
    error=st.none() | st.text(),
)
limits = st.builds(
    llm.RateLimit,
    limit=st.none() | counts,
    remaining=st.none() | counts,
    resets_in=st.none() | st.floats(0, 1e10),
)
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
    st.builds(
        llm.RateLimits,
        requests=st.none() | limits,
        tokens=st.none() | limits,
        measured=st.floats(0, 1e10),
    ),
)


def whole_parts(number: int, texts: list[str]) -> st.SearchStrategy[Any]:
    """Return events that are a whole part, or a citation of one of `texts`."""
    images = st.builds(
        llm.ImageChunk,
        id=st.just(str(number)),
        image=st.builds(image, st.text()),
        preview=st.booleans(),
    )
    found = images | st.builds(llm.ProviderToolOutputChunk, output=outputs)
    if not texts:
        return found
    return found | st.builds(llm.CitationChunk, id=st.sampled_from(texts), citation=citations)


@st.composite
def answers(draw: st.DrawFn, *, ended: bool = True) -> list[Event]:
    """Return the events of an answer: parts that overlap, some left open, and an end."""
    events: list[Event] = []
    open_parts: list[tuple[str, str]] = []
    texts: list[str] = []
    for number in range(draw(st.integers(0, 25))):
        step = draw(st.sampled_from(["start", "delta", "delta", "end", "other", "whole"]))
        if step == "start":
            part = (draw(st.sampled_from(KINDS)), str(number))
            open_parts.append(part)
            events.append(start(*part))
            texts += [part[1]] if part[0] == "text" else []
        elif step == "whole":
            events.append(draw(whole_parts(number, texts)))
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
