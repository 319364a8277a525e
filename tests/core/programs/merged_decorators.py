"""Decorators that are always used together, under one name."""

# needs: tenacity
# model: ERROR
# model: Emma
# prints: Emma {'library'} find
from tenacity import retry, stop_after_attempt

from mirascope import merge_decorators, metadata
from mirascope.core import openai
from mirascope.retries import tenacity

library = merge_decorators(
    retry(stop=stop_after_attempt(2), after=tenacity.collect_errors(Exception)),
    openai.call("gpt-4o-mini"),
)


@library()
@metadata({"tags": {"library"}})
def find(*, errors: list[Exception] | None = None) -> str:
    return "Recommend a book"


response = find()
print(response.content, response.metadata["tags"], find.__name__)
