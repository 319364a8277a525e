"""Stream an answer to a browser, as server-sent events and as plain text.

When the browser leaves, the framework closes the generator, and with it the vendor's connection.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import uvicorn
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from mirascope import llm

app = FastAPI()


@llm.call("openai/gpt-5-mini")
async def answer(question: str) -> str:
    return question


async def plain(question: str) -> AsyncIterator[str]:
    async with await answer.stream(question) as response:
        async for text in response.text_stream():
            yield text


async def events(question: str) -> AsyncIterator[str]:
    try:
        async for text in plain(question):
            yield f"data: {json.dumps(text)}\n\n"
    except llm.Error as error:  # the status is sent already: the stream itself has to say it
        yield f"event: error\ndata: {json.dumps(type(error).__name__)}\n\n"
    else:
        yield "event: done\ndata: {}\n\n"


@app.get("/plain")
async def get_plain(question: str) -> StreamingResponse:
    return StreamingResponse(plain(question), media_type="text/plain; charset=utf-8")


@app.get("/events")
async def get_events(question: str) -> StreamingResponse:
    return StreamingResponse(events(question), media_type="text/event-stream")


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=8000)
