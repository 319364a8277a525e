"""Every call kept in a list, streams and objects too."""

# model: Emma
# model: Dune
# model: {"title": "Ulysses"}
# prints: open close
# prints: [('call', 'Emma'), ('stream', 'Dune'), ('model', 'Ulysses')]
from contextlib import contextmanager

from pydantic import BaseModel

from mirascope import integrations
from mirascope.core import openai
from mirascope.integrations import middleware_factory

events: list[str] = []
saved: list[tuple[str, str]] = []


class Book(BaseModel):
    """A book."""

    title: str


@contextmanager
def session(fn):
    events.append("open")
    yield saved
    events.append("close")


with_saving = middleware_factory(
    custom_context_manager=session,
    handle_call_response=lambda response, fn, rows: rows.append(("call", response.content)),
    handle_stream=lambda stream, fn, rows: rows.append(("stream", stream.content)),
    handle_response_model=lambda model, fn, rows: rows.append(("model", model.title)),
)
assert integrations.middleware_factory is middleware_factory


def ask() -> str:
    return "Recommend a book"


with_saving(openai.call("gpt-4o-mini")(ask))()
for _ in with_saving(openai.call("gpt-4o-mini", stream=True)(ask))():
    pass
with_saving(openai.call("gpt-4o-mini", response_model=Book, json_mode=True)(ask))()
print(*events[:2])
print(saved)
