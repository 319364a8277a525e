"""What an error can be made to tell."""

from __future__ import annotations

import copy
import pickle
import traceback

__all__ = ["chain_of", "everything_of"]


def chain_of(error: BaseException) -> list[BaseException]:
    """Return an error and all that hang on it."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            waiting += [one.__cause__, one.__context__, *vars(one).values(), *one.args]
    return found


def everything_of(error: BaseException) -> str:
    """Return every text that an error can be made to give."""
    seen: list[str] = []
    for one in chain_of(error):
        seen += [str(one), repr(one), repr(one.args), repr(vars(one))]
        seen += [str(getattr(one, name, "")) for name in ("doc", "object", "filename", "url")]
        held: tuple[object, ...] = one.args
        seen += [repr(vars(arg)) for arg in held if hasattr(arg, "__dict__")]
        seen += traceback.format_exception(one)
    data = pickle.dumps(error)
    again: BaseException = pickle.loads(data)
    seen += [data.decode("latin-1"), repr(again), str(again), repr(vars(again))]
    seen.append(repr(copy.deepcopy(error)))
    return "\n".join(seen)
