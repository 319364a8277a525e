"""What must hold after every case, whatever the server did."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Iterator

from attack.answers import Answer
from attack.caller import Outcome, read, read_async
from attack.case import Case, Fault
from attack.world import World
from mirascope import llm

__all__ = ["chain", "judge", "judge_error", "judge_text", "texts_of"]


def judge(world: World, case: Case, outcome: Outcome, key: str | None = None) -> None:
    """Check an outcome: the error's class, the state, the replay, and that no key is in it."""
    error, response = outcome.error, outcome.response
    if error is not None:
        judge_error(error)
    if outcome.streamed and response is not None:
        _judge_state(outcome)
        _judge_replay(world, case, outcome)
    if outcome.way == "text" and "".join(outcome.texts) != outcome.text:
        raise Fault(f"text_stream() gave {''.join(outcome.texts)!r}, text() is {outcome.text!r}")
    judge_secrecy(world, outcome, key or world.key)


def judge_error(error: BaseException) -> None:
    """Check that an error is one of the documented ones, and can be carried to another process."""
    if not isinstance(error, llm.Error):
        where = "".join(traceback.format_exception(error)[-4:])
        raise Fault(f"{type(error).__name__} escaped: {error}\n{where}")
    if not str(error).strip():
        raise Fault(f"{type(error).__name__} says nothing")
    again = pickle.loads(pickle.dumps(error))
    if type(again) is not type(error) or str(again) != str(error):
        raise Fault(f"{error!r} is pickled as {again!r}")
    retry_after = getattr(error, "retry_after", None)
    if retry_after is not None and not 0 <= retry_after < 1e9:
        raise Fault(f"retry_after is {retry_after!r}")


STATES = {
    llm.StreamTruncatedError: "truncated",
    llm.TimeoutError: "timed_out",
    llm.StreamCancelledError: "cancelled",
}


def _judge_state(outcome: Outcome) -> None:
    error, state = outcome.error, outcome.state
    expected = "complete" if error is None else "failed"
    for cls, name in STATES.items():
        if isinstance(error, cls):
            expected = name
    if state != expected:
        raise Fault(f"the state is {state!r} after {error!r}")
    if outcome.response.error is not error:
        raise Fault(f"raised {error!r}, and keeps {outcome.response.error!r}")


def _judge_replay(world: World, case: Case, outcome: Outcome) -> None:
    """Read it again: the same, to the same end."""
    response, texts = outcome.response, []
    caught: BaseException | None = None
    try:
        if isinstance(response, llm.StreamResponse):
            read(response, "text", texts)
        else:
            world.run(read_async(response, "text", texts))
    except Exception as error:
        caught = error
    if caught is not outcome.error:
        raise Fault(f"raised {outcome.error!r}, and when read again {caught!r}")
    if "".join(texts) != outcome.text:
        raise Fault(f"{outcome.text!r} is {''.join(texts)!r} when read again")


def judge_text(outcome: Outcome, answer: Answer, least: str = "") -> None:
    """Check that the text is a prefix of what was sent, as long as `least`; all if complete."""
    text = outcome.text
    if not answer.text.startswith(text):
        raise Fault(f"{text!r} is no part of {answer.text!r}")
    if not text.startswith(least):
        raise Fault(f"{least!r} was sent and {text!r} has arrived")
    if outcome.state == "complete" and text != answer.text:
        raise Fault(f"complete, and {text!r} of {answer.text!r}")


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and all that hangs on it."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__, getattr(one, "original_exception", None)]


def texts_of(error: BaseException | None) -> Iterator[tuple[str, str]]:
    """Yield every text that an error can be asked for, and where it stands."""
    for one in chain(error):
        name = type(one).__name__
        yield f"str({name})", str(one)
        yield f"repr({name})", repr(one)
        yield f"args of {name}", repr(one.args)
        yield f"attributes of {name}", repr(vars(one))
        yield f"notes of {name}", repr(getattr(one, "__notes__", ""))
    if isinstance(error, llm.Error):
        yield "pickle", pickle.dumps(error).decode("latin-1")


def judge_secrecy(world: World, outcome: Outcome, key: str) -> None:
    """Check that the key is in no text of ours."""
    places = list(texts_of(outcome.error))
    if outcome.response is not None:
        places.append(("repr of the response", repr(outcome.response)))
    places += [("log", line) for line in world.logged]
    for place, text in places:
        if key in text:
            raise Fault(f"the key is in {place}: {text[:300]}")
