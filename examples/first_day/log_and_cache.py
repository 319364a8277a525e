"""Two layers around every request: one logs what was asked, one remembers the answers."""

from __future__ import annotations

import logging
import time

from mirascope import llm

logger = logging.getLogger("questions")
answers: dict[tuple[str, str], list[llm.Event]] = {}


def log(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
    begun = time.perf_counter()
    try:
        yield open(request)
    except llm.Error as error:
        logger.warning("%s failed: %s", request.model_id, type(error).__name__)
        raise
    else:
        seconds = time.perf_counter() - begun
        logger.info("%s answered in %.1f s", request.model_id, seconds)


def cache(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
    key = request.model_id, llm.messages.to_json(request.messages)
    if key not in answers:
        events: list[llm.Event] = []
        answer = open(request)
        while batch := (yield answer.pull()):
            events += batch
            yield batch
        answers[key] = events  # only whole answers come here
    else:
        logger.info("from the cache")
        yield answers[key]


def main() -> None:
    logging.basicConfig(format="%(name)s: %(message)s", level=logging.WARNING)
    logger.setLevel(logging.INFO)
    model = llm.Model("openai/gpt-5-mini", layers=[cache, log])
    for question in ("How deep is it?", "How deep is it?", "How wide?"):
        for text in model.stream(question).text_stream():
            print(text, end="", flush=True)
        print()


if __name__ == "__main__":
    main()
