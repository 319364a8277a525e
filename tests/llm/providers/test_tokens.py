"""One token for all who wait for it."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar, copy_context

import pytest

from mirascope import llm
from mirascope.llm.providers.tokens import AGAIN, EARLY, CalledToken, Token, TokenSigner
from mirascope.llm.transport.http import DeadlineExceeded, HttpRequest

REQUEST = HttpRequest(url="https://a.invalid/x", headers={"content-type": "text/plain"})
HOUR = 3600.0


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Vault(TokenSigner):
    """Gives out numbered tokens, when it is let."""

    def __init__(self, *, life: float = HOUR, limit: float = 30.0) -> None:
        self.clock = Clock()
        super().__init__("vault", clock=self.clock, limit=limit)
        self.life = life
        self.fetched = 0
        self.begun = threading.Semaphore(0)
        self.open = threading.Event()
        self.open.set()
        self.broken: BaseException | None = None

    def fetch(self) -> Token:
        self.fetched += 1
        number = self.fetched
        self.begun.release()
        assert self.open.wait(30)
        if self.broken is not None:
            raise self.broken
        return Token(f"token-{number}", self.clock.now + self.life, {"x-payer": "p"})

    def explain(self, error: Exception) -> Exception:
        return llm.AuthenticationError("no token", "vault", original_exception=error)


def said(request: HttpRequest) -> str:
    return request.headers["authorization"]


@pytest.fixture(params=["sync", "async"])
def sign(request: pytest.FixtureRequest) -> Iterator[Callable[[TokenSigner], HttpRequest]]:
    """Return what signs a request, in either colour."""
    with asyncio.Runner() as runner:

        def asynchronously(signer: TokenSigner) -> HttpRequest:
            return runner.run(signer.sign_async(REQUEST), context=copy_context())

        yield (lambda s: s.sign(REQUEST)) if request.param == "sync" else asynchronously


Sign = Callable[[TokenSigner], HttpRequest]


def test_a_token_is_kept_until_shortly_before_its_end(sign: Sign) -> None:
    vault = Vault()
    signed = sign(vault)
    assert signed.headers == {**REQUEST.headers, "authorization": "Bearer token-1", "x-payer": "p"}
    vault.clock.now += HOUR - EARLY - 1
    assert said(sign(vault)) == "Bearer token-1"
    assert list(vault.secrets) == ["token-1"]
    vault.clock.now += 2
    assert said(sign(vault)) == "Bearer token-2"
    assert vault.fetched == 2


def test_a_short_life_is_used_by_half(sign: Sign) -> None:
    vault = Vault(life=60)
    sign(vault)
    vault.clock.now += 29
    sign(vault)
    assert vault.fetched == 1
    vault.clock.now += 2
    sign(vault)
    assert vault.fetched == 2


def test_a_token_that_is_good_outlives_the_failure_to_replace_it(sign: Sign) -> None:
    vault = Vault()
    sign(vault)
    vault.broken = OSError("down")
    vault.clock.now += HOUR - EARLY + 1
    assert said(sign(vault)) == "Bearer token-1"
    sign(vault)
    assert vault.fetched == 2  # and is not asked for again at once
    vault.clock.now += AGAIN + 1
    sign(vault)
    assert vault.fetched == 3
    vault.clock.now += EARLY
    with pytest.raises(llm.AuthenticationError):
        sign(vault)


def test_a_failure_is_not_kept(sign: Sign) -> None:
    vault = Vault()
    vault.broken = OSError("down")
    with pytest.raises(llm.AuthenticationError, match="no token") as raised:
        sign(vault)
    assert raised.value.__cause__ is vault.broken
    vault.broken = None
    assert said(sign(vault)) == "Bearer token-2"


def test_a_request_that_says_who_asks_needs_no_token(sign: Sign) -> None:
    own = HttpRequest(url=REQUEST.url, headers={"authorization": "mine"})
    vault = Vault()
    assert vault.sign(own) == own
    assert asyncio.run(vault.sign_async(own)) == own
    assert vault.fetched == 0


def test_many_threads_and_tasks_wait_for_one_token() -> None:
    vault = Vault()
    vault.open.clear()

    async def tasks() -> list[str]:
        signed = await asyncio.gather(*(vault.sign_async(REQUEST) for _ in range(50)))
        return [said(one) for one in signed]

    with ThreadPoolExecutor(20) as pool:
        threads = [pool.submit(vault.sign, REQUEST) for _ in range(16)]
        loops = [pool.submit(asyncio.run, tasks()) for _ in range(3)]
        assert vault.begun.acquire(timeout=30)
        vault.open.set()
        assert {said(thread.result()) for thread in threads} == {"Bearer token-1"}
        assert {one for loop in loops for one in loop.result()} == {"Bearer token-1"}
    assert vault.fetched == 1


def test_each_who_waits_gets_an_error_of_its_own() -> None:
    vault = Vault()
    vault.broken = OSError("down")
    vault.open.clear()
    with ThreadPoolExecutor(8) as pool:
        threads = [pool.submit(vault.sign, REQUEST) for _ in range(8)]
        assert vault.begun.acquire(timeout=30)
        vault.open.set()
        errors = [thread.exception() for thread in threads]
    assert all(isinstance(error, llm.AuthenticationError) for error in errors)
    assert len({id(error) for error in errors}) == 8


async def test_the_loop_runs_on() -> None:
    vault = Vault()
    vault.open.clear()
    waiting = asyncio.create_task(vault.sign_async(REQUEST))
    assert await asyncio.to_thread(vault.begun.acquire, timeout=30)
    vault.open.set()  # which a blocked loop would never get to
    assert said(await waiting) == "Bearer token-1"


async def test_a_cancelled_task_leaves_the_others_their_token(
    caplog: pytest.LogCaptureFixture,
) -> None:
    vault = Vault()
    vault.open.clear()
    first = asyncio.create_task(vault.sign_async(REQUEST))
    assert await asyncio.to_thread(vault.begun.acquire, timeout=30)
    second = asyncio.create_task(vault.sign_async(REQUEST))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    vault.open.set()
    assert said(await second) == "Bearer token-1"
    assert vault.fetched == 1


async def test_an_error_that_nobody_waits_for_is_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    vault = Vault()
    vault.broken = OSError("down")
    vault.open.clear()
    task = asyncio.create_task(vault.sign_async(REQUEST))
    assert await asyncio.to_thread(vault.begun.acquire, timeout=30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    vault.open.set()
    with pytest.raises(llm.AuthenticationError):
        await vault.sign_async(REQUEST)
    gc.collect()
    await asyncio.sleep(0)
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []


def test_a_fetch_that_hangs_is_given_up(sign: Sign) -> None:
    vault = Vault(limit=0.05)
    vault.open.clear()
    with pytest.raises(llm.TimeoutError, match="No token came for 'vault'"):
        sign(vault)
    with pytest.raises(llm.TimeoutError):
        sign(vault)
    assert vault.fetched == 2  # whoever asks next has it fetched anew
    vault.open.set()


def test_who_has_no_time_leaves_the_token_to_the_next(sign: Sign) -> None:
    vault = Vault()
    vault.open.clear()
    for _ in range(3):
        with pytest.raises(DeadlineExceeded, match="no token came for 'vault'") as raised:
            vault.sign(REQUEST, time.monotonic() + 0.01)
        assert raised.value.fetching
        with pytest.raises(DeadlineExceeded):
            asyncio.run(vault.sign_async(REQUEST, time.monotonic() + 0.01))
    vault.open.set()
    assert said(sign(vault)) == "Bearer token-1"
    assert vault.fetched == 1
    long_ago = time.monotonic() - 1
    assert said(vault.sign(REQUEST, long_ago)) == "Bearer token-1"  # nothing is waited for


def test_a_fetch_that_hangs_is_given_up_though_nobody_waits_so_long() -> None:
    vault = Vault(limit=0.05)
    vault.open.clear()
    while vault.fetched < 2:
        with pytest.raises((DeadlineExceeded, llm.TimeoutError)):
            vault.sign(REQUEST, time.monotonic() + 0.001)
    vault.open.set()


def test_whatever_is_raised_arrives(sign: Sign) -> None:
    vault = Vault()
    vault.broken = SystemExit(3)
    with pytest.raises(SystemExit):
        sign(vault)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_fetches_for_itself() -> None:
    vault = Vault()
    vault.open.clear()
    waiting = threading.Thread(target=vault.sign, args=(REQUEST,))
    waiting.start()
    assert vault.begun.acquire(timeout=30)
    child = os.fork()
    if child == 0:
        vault.open = threading.Event()
        vault.open.set()
        os._exit(0 if said(vault.sign(REQUEST)) == "Bearer token-2" else 1)
    assert os.waitpid(child, 0)[1] == 0
    vault.open.set()
    waiting.join()


# --- functions


def test_a_function_is_called_for_each_request_in_the_callers_context(sign: Sign) -> None:
    who: ContextVar[str] = ContextVar("who", default="")
    who.set("me")
    calls: list[str] = []

    def token() -> str:
        calls.append(f"{who.get()}-{len(calls)}")
        return f" {calls[-1]}\n"

    signer = CalledToken("azure", token)
    assert said(sign(signer)) == "Bearer me-0"
    assert said(sign(signer)) == "Bearer me-1"
    assert list(signer.secrets) == ["me-1"]


def test_an_error_of_the_function_is_the_callers(sign: Sign) -> None:
    cause = KeyError("vault")

    def token() -> str:
        raise LookupError("no vault") from cause

    with pytest.raises(LookupError, match="no vault") as raised:
        sign(CalledToken("azure", token))
    assert raised.value.__cause__ is cause


async def _coroutine() -> str:
    return "token"


@pytest.mark.parametrize(
    ("returned", "what"),
    [
        (lambda: None, "NoneType"),
        (lambda: b"x", "bytes"),
        (str, "empty"),
        (_coroutine, "coroutine"),
    ],
)
def test_a_function_that_returns_no_token(
    sign: Sign, returned: Callable[[], object], what: str
) -> None:
    with pytest.raises(TypeError, match=f"return a token, as text, not .*{what}"):
        sign(CalledToken("azure", returned))
