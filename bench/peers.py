"""The same few things done with each library, each as its own documentation does them.

A method that is missing is something the library cannot do, or that would only measure another one
of them again. Imports are inside: each library is loaded in processes of its own.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any, ClassVar
from urllib.parse import urlsplit

__all__ = ["PEERS", "Peer"]

HI: list[Any] = [{"role": "user", "content": "hi"}]


class Peer:
    """One library."""

    imported: str = ""
    """The statement that imports what the other methods use."""

    def stream(self, url: str, wire: str, chunks: int) -> None:
        """Read a stream, and check that there are as many texts as `chunks`."""
        raise NotImplementedError

    async def stream_async(self, url: str, chunks: int) -> None:
        """Read a Chat Completions stream asynchronously."""
        raise NotImplementedError

    async def first_async(self, url: str) -> float:
        """Return the milliseconds since the first text, which is a time, was sent; read all."""
        raise NotImplementedError

    async def open_async(self, url: str) -> Any:
        """Return a stream of which the first text was read."""
        raise NotImplementedError

    def requests(self, url: str, chunks: int, times: int) -> None:
        """Ask for whole answers, or, where there are chunks, for short streams."""
        raise NotImplementedError

    def structured(self, url: str) -> None:
        """Read a `Basket` as it fills in."""
        raise NotImplementedError

    def keep(self, url: str) -> Any:
        """Read a stream and return what one keeps of it."""
        raise NotImplementedError


def _late(sent: str) -> float:
    return (time.monotonic_ns() - int(sent)) / 1e6


class Raw(Peer):
    """Sockets, and `http.client` with `json` for whole requests: what is there to be beaten."""

    def stream(self, url: str, wire: str, chunks: int) -> None:
        from bench.wire import raw

        raw(f"{url}/chat/completions")

    async def stream_async(self, url: str, chunks: int) -> None:
        from bench.wire import raw_async

        await raw_async(f"{url}/chat/completions")

    async def first_async(self, url: str) -> float:
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(f"POST {parts.path}/chat/completions HTTP/1.1\r\nhost: x\r\n\r\n".encode())
        await reader.readuntil(b'"content":"')
        late = _late((await reader.readuntil(b" "))[:-1].decode())
        await reader.read()
        writer.close()
        return late

    async def open_async(self, url: str) -> Any:
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(f"POST {parts.path}/chat/completions HTTP/1.1\r\nhost: x\r\n\r\n".encode())
        await reader.readuntil(b'"content":"')
        return reader, writer

    def requests(self, url: str, chunks: int, times: int) -> None:
        from bench.requests import bare

        bare(url, times)


class ByHand(Peer):
    """A dozen lines of `socket` and `json`: what one would write without a library."""

    def stream(self, url: str, wire: str, chunks: int) -> None:
        from bench.wire import by_hand

        count = by_hand(f"{url}/chat/completions")
        assert count == chunks, count


class Ours(Peer):
    """This library."""

    imported = "from mirascope import llm"
    provider: ClassVar[dict[str, str]] = {
        "chat": "openai:completions",
        "responses": "openai:responses",
        "messages": "anthropic",
        "google": "google",
        "cohere": "cohere",
        "bedrock": "bedrock",
    }
    _last: tuple[tuple[str, str] | None, Any] = (None, None)

    def model(self, url: str, wire: str = "chat", **params: Any) -> Any:
        """Return a model behind `url`, the same as last time: one model asks all streams."""
        from mirascope import llm

        if self._last[0] != (url, wire):
            llm.reset_provider_registry()
            llm.register_provider(self.provider[wire], scope="bench/", base_url=url, api_key="k")
            self._last = (url, wire), llm.Model("bench/model", keep_raw=False, **params)
        return self._last[1]

    def stream(self, url: str, wire: str, chunks: int) -> None:
        count = sum(1 for _ in self.model(url, wire).stream("hi").text_stream())
        assert count == chunks, count

    async def stream_async(self, url: str, chunks: int) -> None:
        response = await self.model(url).stream_async("hi")
        count = 0
        async for _ in response.text_stream():
            count += 1
        assert count == chunks, count

    async def first_async(self, url: str) -> float:
        late = None
        response = await self.model(url).stream_async("hi")
        async for text in response.text_stream():
            late = _late(text) if late is None else late
        assert late is not None
        return late

    async def open_async(self, url: str) -> Any:
        response = await self.model(url).stream_async("hi")
        await anext(response.text_stream())
        return response

    def requests(self, url: str, chunks: int, times: int) -> None:
        model = self.model(url)
        for _ in range(times):
            if chunks:
                assert sum(1 for _ in model.stream("hi").text_stream()) == chunks
            else:
                assert model.call("hi").text()

    def structured(self, url: str) -> None:
        from bench.objects import Basket
        from mirascope import llm

        format: Any = llm.format(Basket, mode="strict")
        response = self.model(url).stream("hi", format=format)
        for _ in response.structured_stream():
            pass
        assert response.parse().owner == "me"

    def keep(self, url: str) -> Any:
        response = self.model(url).stream("hi")
        response.finish()
        return response


class Published(Ours):
    """The published mirascope, in a folder of its own: it has the same name, and the same API."""

    def model(self, url: str, wire: str = "chat", **params: Any) -> Any:
        from mirascope import llm

        asked: Any = llm
        asked.register_provider("openai", scope="openai/", base_url=url, api_key="k")
        return asked.Model("openai/gpt-5-mini:completions")

    def requests(self, url: str, chunks: int, times: int) -> None:
        model = self.model(url)
        for _ in range(times):
            if chunks:
                assert sum(1 for text in model.stream("hi").text_stream() if text.strip()) == chunks
            else:
                assert model.call("hi").texts[0].text

    def stream(self, url: str, wire: str, chunks: int) -> None:
        response = self.model(url).stream("hi")
        assert sum(1 for text in response.text_stream() if text.strip()) == chunks

    async def stream_async(self, url: str, chunks: int) -> None:
        response = await self.model(url).stream_async("hi")
        count = 0
        async for text in response.text_stream():
            count += bool(text.strip())
        assert count == chunks, count

    def structured(self, url: str) -> None:
        from bench.objects import Basket
        from mirascope import llm

        format: Any = llm.format(Basket, mode="strict")
        for _ in self.model(url).stream("hi", format=format).structured_stream():
            pass


class OpenAI(Peer):
    """OpenAI's SDK."""

    imported = "from openai import OpenAI"

    def stream(self, url: str, wire: str, chunks: int) -> None:
        from openai import OpenAI

        client = OpenAI(base_url=url, api_key="k")
        count = 0
        if wire == "responses":
            for event in client.responses.create(model="m", input="hi", stream=True):
                count += event.type == "response.output_text.delta"
        else:
            for chunk in client.chat.completions.create(model="m", messages=HI, stream=True):
                count += bool(chunk.choices and chunk.choices[0].delta.content)
        assert count == chunks, count

    def __init__(self) -> None:
        self._clients: dict[str, Any] = {}

    def _client(self, url: str) -> Any:
        from openai import AsyncOpenAI

        if url not in self._clients:
            self._clients[url] = AsyncOpenAI(base_url=url, api_key="k", max_retries=0)
        return self._clients[url]

    async def _texts(self, url: str) -> Any:
        client = self._client(url)
        chunks = await client.chat.completions.create(model="m", messages=HI, stream=True)
        async for chunk in chunks:
            if chunk.choices and chunk.choices[0].delta.content:
                yield chunk.choices[0].delta.content

    async def stream_async(self, url: str, chunks: int) -> None:
        count = 0
        async for _ in self._texts(url):
            count += 1
        assert count == chunks, count

    async def first_async(self, url: str) -> float:
        late = None
        async for text in self._texts(url):
            late = _late(text) if late is None else late
        assert late is not None
        return late

    async def open_async(self, url: str) -> Any:
        texts = self._texts(url)
        await anext(texts)
        return texts

    def requests(self, url: str, chunks: int, times: int) -> None:
        from openai import OpenAI

        completions: Any = OpenAI(base_url=url, api_key="k").chat.completions
        for _ in range(times):
            if chunks:
                texts = completions.create(model="m", messages=HI, stream=True)
                assert sum(1 for one in texts if one.choices[0].delta.content) == chunks
            else:
                assert completions.create(model="m", messages=HI).choices[0].message.content

    def keep(self, url: str) -> Any:
        from openai import OpenAI

        completions: Any = OpenAI(base_url=url, api_key="k").chat.completions
        return list(completions.create(model="m", messages=HI, stream=True))


class Anthropic(Peer):
    """Anthropic's SDK."""

    imported = "from anthropic import Anthropic"

    def stream(self, url: str, wire: str, chunks: int) -> None:
        from anthropic import Anthropic

        client = Anthropic(base_url=url, api_key="k")
        count = 0
        for event in client.messages.create(model="m", messages=HI, max_tokens=9, stream=True):
            count += event.type == "content_block_delta"
        assert count == chunks, count


class PydanticAI(Peer):
    """pydantic-ai, which streams asynchronously."""

    imported = (
        "from pydantic_ai import Agent; from pydantic_ai.models.openai import OpenAIChatModel"
    )

    def _agent(self, url: str) -> Any:
        from pydantic_ai import Agent
        from pydantic_ai.models.openai import OpenAIChatModel
        from pydantic_ai.providers.openai import OpenAIProvider

        provider = OpenAIProvider(base_url=url, api_key="k")
        return Agent(OpenAIChatModel("gpt-5-mini", provider=provider))

    async def stream_async(self, url: str, chunks: int) -> None:
        count = 0
        async with self._agent(url).run_stream("hi") as run:
            async for text in run.stream_text(delta=True, debounce_by=None):
                count += bool(text.strip())
        assert count == chunks, count

    async def first_async(self, url: str) -> float:
        late = None
        async with self._agent(url).run_stream("hi") as run:
            async for text in run.stream_text(delta=True, debounce_by=None):
                late = _late(text) if late is None else late
        assert late is not None
        return late

    def requests(self, url: str, chunks: int, times: int) -> None:
        agent = self._agent(url)

        async def ask() -> None:
            for _ in range(times):
                if chunks:
                    async with agent.run_stream("hi") as run:
                        async for _ in run.stream_text(delta=True, debounce_by=None):
                            pass
                else:
                    assert (await agent.run("hi")).output

        asyncio.run(ask())


class LangChain(Peer):
    """langchain-openai."""

    imported = "from langchain_openai import ChatOpenAI"

    def _model(self, url: str) -> Any:
        from langchain_openai import ChatOpenAI

        made: Any = ChatOpenAI
        return made(base_url=url, api_key="k", model="m")

    def stream(self, url: str, wire: str, chunks: int) -> None:
        assert sum(1 for one in self._model(url).stream("hi") if one.content) == chunks

    async def stream_async(self, url: str, chunks: int) -> None:
        count = 0
        async for one in self._model(url).astream("hi"):
            count += bool(one.content)
        assert count == chunks, count

    def requests(self, url: str, chunks: int, times: int) -> None:
        model = self._model(url)
        for _ in range(times):
            if chunks:
                assert sum(1 for one in model.stream("hi") if one.content) == chunks
            else:
                assert model.invoke("hi").content


class LiteLLM(Peer):
    """litellm."""

    imported = "import litellm"

    def _ask(self, url: str, *, stream: bool) -> Any:
        import litellm

        ask: Any = litellm.completion
        return ask(model="openai/m", messages=HI, api_base=url, api_key="k", stream=stream)

    def stream(self, url: str, wire: str, chunks: int) -> None:
        count = sum(1 for one in self._ask(url, stream=True) if one.choices[0].delta.content)
        assert count == chunks, count

    async def stream_async(self, url: str, chunks: int) -> None:
        import litellm

        ask: Any = litellm.acompletion
        count = 0
        asked = {"model": "openai/m", "messages": HI, "api_base": url, "api_key": "k"}
        async for one in await ask(**asked, stream=True):
            count += bool(one.choices[0].delta.content)
        assert count == chunks, count

    def requests(self, url: str, chunks: int, times: int) -> None:
        for _ in range(times):
            if chunks:
                self.stream(url, "chat", chunks)
            else:
                assert self._ask(url, stream=False).choices[0].message.content


class Instructor(Peer):
    """instructor, for objects."""

    imported = "import instructor"

    def structured(self, url: str) -> None:
        import instructor
        from openai import OpenAI

        from bench.objects import Basket

        client: Any = instructor.from_openai(
            OpenAI(base_url=url, api_key="k"), mode=instructor.Mode.JSON
        )
        partials = client.chat.completions.create_partial(
            model="m", messages=HI, response_model=Basket
        )
        assert [*partials][-1].owner == "me"


PEERS: dict[str, Peer] = {
    "raw": Raw(),
    "by hand": ByHand(),
    "mirascope": Ours(),
    "published": Published(),
    "openai": OpenAI(),
    "anthropic": Anthropic(),
    "pydantic-ai": PydanticAI(),
    "langchain-openai": LangChain(),
    "litellm": LiteLLM(),
    "instructor": Instructor(),
}
