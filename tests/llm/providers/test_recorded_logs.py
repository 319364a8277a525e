"""Every recorded answer as a log: the response is what its events add up to, kept or live."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.providers.anthropic.codec import AnthropicCodec
from mirascope.llm.providers.codec import Codec, Decoder, WireEvent
from mirascope.llm.providers.cohere.codec import CohereCodec
from mirascope.llm.providers.google.codec import GoogleCodec
from mirascope.llm.providers.openai.chat import OpenAIChatCodec
from mirascope.llm.providers.openai.responses import OpenAIResponsesCodec
from mirascope.llm.responses.chunks import AnsweredBy
from mirascope.llm.responses.event_json import decode_event, encode_event
from mirascope.llm.responses.fold import Fold, fold
from tests.llm.providers.anthropic import test_recordings as anthropic
from tests.llm.providers.cohere import test_recordings as cohere
from tests.llm.providers.google import test_recordings as google
from tests.llm.providers.openai import test_recordings as openai
from tests.llm.providers.traffic import SHOWN, Recording, request

Streams = Callable[[], Iterator[tuple[Recording, list[WireEvent]]]]
WIRES: list[tuple[str, Codec, Streams, int]] = [
    ("openai/m", OpenAIChatCodec(), lambda: openai.streams("openai-chat"), 620),
    ("openai/m", OpenAIResponsesCodec(), lambda: openai.streams("openai-responses"), 365),
    ("anthropic/m", AnthropicCodec(), anthropic.streams, 260),
    ("google/m", GoogleCodec(), google.streams, 200),
    ("cohere/m", CohereCodec(), cohere.streams, 25),
]


def decoded(decoder: Decoder, events: Iterable[WireEvent]) -> Iterator[Any]:
    for event in events:
        yield from decoder.feed(event)
    yield from decoder.close()
    if not decoder.done:
        raise llm.StreamTruncatedError("cut", "test")


def sums(answer: Any) -> tuple[object, ...]:
    message = answer.message if isinstance(answer, Fold) else answer.messages[-1]
    error = answer.error and (type(answer.error), str(answer.error))
    return (answer.state, error, answer.content, answer.finish_reason, answer.usage, message)


@pytest.mark.parametrize(("model_id", "codec", "streams", "least"), WIRES, ids=lambda v: str(v)[:9])
def test_the_fold_of_the_events_is_the_response(
    model_id: str, codec: Codec, streams: Streams, least: int
) -> None:
    who = AnsweredBy(provider_id="test", model_id=model_id, provider_model_name="m")
    count = 0
    for recording, events in streams():
        chunks = decoded(codec.decoder(request(model_id, **SHOWN)), events)
        response: llm.StreamResponse = llm.StreamResponse(
            provider_id="test",
            model_id=model_id,
            provider_model_name="m",
            params={},
            input_messages=[],
            chunk_iterator=chunks,
        )
        with suppress(llm.Error):  # it is in the log
            response.finish()
        assert response.closed, recording.name
        assert sums(fold([who, *response.events])) == sums(response), recording.name
        kept = [decode_event(encode_event(event)) for event in response.events]
        assert sums(fold([who, *kept])) == sums(response), recording.name
        count += 1
    assert count >= least
