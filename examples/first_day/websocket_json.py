"""Send an object to a browser while it fills in: partial JSON over a websocket."""

from __future__ import annotations

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from pydantic import BaseModel

from mirascope import llm

app = FastAPI()


class Trip(BaseModel):
    title: str
    days: int
    stops: list[str]


@llm.call("openai/gpt-5-mini", format=Trip)
async def plan(wish: str) -> str:
    return f"Plan a trip under sail: {wish}"


@app.websocket("/trips")
async def trips(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            wish = await socket.receive_text()
            async with await plan.stream(wish) as response:
                async for partial in response.structured_stream():
                    await socket.send_json({"partial": partial.model_dump()})
            await socket.send_json({"trip": response.parse().model_dump()})
    except WebSocketDisconnect:
        pass
    except llm.Error as error:
        await socket.send_json({"error": type(error).__name__})
        await socket.close()


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=8000)
