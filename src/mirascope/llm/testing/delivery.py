"""From a draft to the bytes of an HTTP answer, with the delays and the fault of its turn.

Faults on events come first, then faults on bytes, then the pieces in which bytes arrive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mirascope.llm.testing.draft import Draft
from mirascope.llm.testing.faults import Cut, Malformed, Stall, Status, StreamError
from mirascope.llm.testing.script import Turn
from mirascope.llm.transport import memory
from mirascope.llm.transport.memory import MemoryReply, Pause, Step
from mirascope.llm.wires import Asked, Frame, Wire

__all__ = ["deliver", "refuse"]

_MESSAGES = {
    400: "The simulator refuses this asked, as its script says.",
    401: "The simulator does not accept this key, as its script says.",
    403: "The simulator does not allow this, as its script says.",
    404: "The simulator does not have this model, as its script says.",
    429: "Too many requests for the simulator, as its script says.",
}


def deliver(
    wire: Wire, asked: Asked, draft: Draft, turn: Turn, number: int, left_out: int = 0
) -> MemoryReply:
    """Return the HTTP answer that says what is in `draft`, without so many events."""
    fault = turn.fault
    if isinstance(fault, Status):
        return refuse(wire, asked, fault, number, turn.headers)
    if isinstance(fault, StreamError) and not asked.stream:
        status = Status(fault.status, message=fault.message, code=fault.code)
        return refuse(wire, asked, status, number, turn.headers)
    pause: Pause | None = None
    steps: list[Step]
    if asked.stream:
        frames = _with_fault(
            list(wire.frames(draft.events(), asked, number, draft.ending)), wire, turn, number
        )
        steps = _paced(frames[left_out:], turn.delay)
    else:
        body = wire.body(draft.events(), asked, number, draft.ending)
        steps = [body[: len(body) // 2] if isinstance(fault, Malformed) else body]
        pause = Pause(turn.delay) if turn.delay else None
    if isinstance(fault, Stall) and fault.after_bytes is None:
        pause = _pause(fault)
    steps = _with_broken_bytes(steps, turn)
    if turn.split_bytes is not None:
        steps = _split(steps, turn.split_bytes)
    headers = _headers(wire, wire.content_type(asked, failed=False), number, turn.headers)
    return MemoryReply(status=200, headers=headers, chunks=steps, pause=pause)


def refuse(
    wire: Wire, asked: Asked, fault: Status, number: int, more: Mapping[str, str] | None = None
) -> MemoryReply:
    """Return the HTTP answer that says what is wrong."""
    message = fault.message or _MESSAGES.get(
        fault.status, "The simulator has failed, as its script says."
    )
    headers = _headers(wire, wire.content_type(asked, failed=True), number, more or {})
    if fault.retry_after is not None:
        headers["retry-after"] = f"{fault.retry_after:g}"
    body = wire.error(fault.status, message, fault.code, number)
    return MemoryReply(status=fault.status, headers=headers, chunks=[body])


def _headers(wire: Wire, content_type: str, number: int, more: Mapping[str, str]) -> dict[str, str]:
    headers = {"content-type": content_type}
    if wire.request_id_header:
        headers[wire.request_id_header] = f"req_sim{number}"
    return headers | {name.lower(): value for name, value in more.items()}


def _with_fault(frames: list[Frame], wire: Wire, turn: Turn, number: int) -> list[Frame]:
    match turn.fault:
        case StreamError() as fault:
            code = fault.code or wire.overloaded
            error = wire.stream_error(fault.status, fault.message, code, number)
            return [*frames[: fault.after_events], Frame(error)]
        case Malformed(after_events=count):
            return [*frames[:count], Frame(wire.malformed()), *frames[count:]]
        case _:
            return frames


def _paced(frames: Iterable[Frame], delay: float | None) -> list[Step]:
    steps: list[Step] = []
    for frame in frames:
        if delay and frame.content:
            steps.append(Pause(delay))
        steps.append(frame.data)
    return steps


def _with_broken_bytes(steps: list[Step], turn: Turn) -> list[Step]:
    match turn.fault:
        case Cut(after_bytes=after, clean=clean):
            if after is None:
                after = sum(len(step) for step in steps if isinstance(step, bytes)) // 2
            before, _ = _at(steps, after)
            return before if clean else [*before, memory.Cut()]
        case Stall(after_bytes=int(after)) as fault:
            before, rest = _at(steps, after)
            return [*before, _pause(fault), *rest]
        case _:
            return steps


def _pause(fault: Stall) -> Pause:
    return Pause() if fault.seconds is None else Pause(fault.seconds)


def _at(steps: list[Step], size: int) -> tuple[list[Step], list[Step]]:
    """Return what comes before and after the first `size` bytes."""
    before: list[Step] = []
    for index, step in enumerate(steps):
        if isinstance(step, bytes):
            if len(step) > size:
                halves: list[Step] = [step[size:], *steps[index + 1 :]]
                return [*before, *([step[:size]] if size else [])], halves
            size -= len(step)
        before.append(step)
    return before, []


def _split(steps: list[Step], size: int) -> list[Step]:
    """Return the same bytes in pieces of `size`; a pause still comes between the same bytes."""
    pieces: list[Step] = []
    run = b""
    for step in [*steps, None]:
        if isinstance(step, bytes):
            run += step
            continue
        pieces += [run[start : start + size] for start in range(0, len(run), size)]
        run = b""
        if step is not None:
            pieces.append(step)
    return pieces
