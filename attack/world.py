"""Where cases run: the server, the event loop, and everything that must not be left behind."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import gc
import logging
import os
import sys
import threading
import time
import warnings
from collections.abc import Coroutine
from importlib import import_module
from typing import Any, TypeVar

from attack.case import Fault
from attack.server import THREADS, Plan, Reply, Server
from attack.wires import WIRES
from mirascope import llm
from mirascope.llm.transport.default import default_transport

__all__ = ["World"]

T = TypeVar("T")


class World(logging.Handler):
    """One process's surroundings. It hears all logs."""

    def __init__(self, key: str, patience: float) -> None:
        super().__init__(logging.DEBUG)
        self.key = key
        self.patience = patience
        """Seconds after which a case is taken to hang."""
        self.logged: list[str] = []
        self.complaints: list[str] = []
        """Warnings, and errors that Python or asyncio could only report."""
        self.hung = False
        self.server = Server()
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(self._hear_loop)
        logging.getLogger("mirascope").addHandler(self)
        logging.getLogger("mirascope").setLevel(logging.DEBUG)
        logging.getLogger("mirascope").propagate = False
        sys.unraisablehook = self._hear_unraisable
        threading.excepthook = self._hear_thread
        warnings.simplefilter("always")
        warnings.showwarning = self._hear_warning
        self.register_all()
        import_module("mirascope.llm.transport.sync_driver")  # now, and not within a case's limit
        import_module("mirascope.llm.transport.async_driver")
        self._task: asyncio.Task[Any] | None = None
        self._since: float | None = None
        threading.Thread(target=self._watch, name=THREADS, daemon=True).start()

    def register_all(self) -> None:
        """Let the server answer for all wires, and for nothing else."""
        llm.reset_provider_registry()
        for wire in WIRES:
            self.register(wire.provider, wire.model)

    def register(
        self, provider: str, scope: str, key: str | None = None, *, origin: str | None = None
    ) -> None:
        """Let the server answer for `scope`, or who else is at `origin`."""
        url = f"{origin or f'http://127.0.0.1:{self.server.port}'}/v1"
        llm.register_provider(provider, scope, api_key=key or self.key, base_url=url)

    # --- running

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the world's event loop."""
        task = self._task = self.loop.create_task(work)
        try:
            return self.loop.run_until_complete(task)
        except asyncio.CancelledError:
            if self.hung:
                raise Fault("hangs") from None
            raise Fault("cancelled by nobody") from None
        finally:
            self._task = None

    @contextlib.contextmanager
    def watched(self) -> Any:
        """Notice where what is done within does not come to an end."""
        self.hung = False
        self._since = time.monotonic()
        try:
            yield
        finally:
            self._since = None
        if self.hung:
            raise Fault("hangs")

    def _watch(self) -> None:
        while True:
            time.sleep(min(1, self.patience / 4))
            since = self._since
            if since is None or time.monotonic() - since < self.patience:
                continue
            if not self.hung:
                self.hung = True
                self.server.hang_up()
                if (task := self._task) is not None:
                    self.loop.call_soon_threadsafe(task.cancel)
            elif time.monotonic() - since > 2 * self.patience + 5:
                faulthandler.dump_traceback(all_threads=True)
                os._exit(4)  # nothing else would end it

    def plan(self, case_id: str, *scripts: Reply) -> Plan:
        """Say how the requests of a case are answered."""
        return self.server.plan(case_id, *scripts)

    # --- hearing

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what was logged."""
        self.logged.append(record.getMessage() + str(record.exc_info or ""))

    def _hear_loop(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.complaints.append(f"asyncio: {context.get('message')}: {context.get('exception')!r}")

    def _hear_unraisable(self, unraisable: Any) -> None:
        self.complaints.append(f"unraisable: {unraisable.exc_value!r} in {unraisable.object!r}")

    def _hear_thread(self, args: Any) -> None:
        self.complaints.append(f"a thread died: {args.exc_value!r}")

    def _hear_warning(self, message: Any, category: type[Warning], *more: Any) -> None:
        self.complaints.append(f"{category.__name__}: {message}")

    def complaint(self) -> str | None:
        """Return what was heard since the last time, if there was anything."""
        heard, self.complaints = self.complaints, []
        return "; ".join(heard[:3]) or None

    # --- leaving nothing behind

    def counts(self) -> dict[str, int]:
        """Close what is pooled; count what is left."""
        default_transport().close()
        self.run(default_transport().aclose())
        self.server.hang_up()
        deadline = time.monotonic() + 10
        while True:
            gc.collect()
            self.run(asyncio.sleep(0))
            ours = [t for t in threading.enumerate() if t.name.startswith(THREADS)]
            if len(ours) <= 2 or time.monotonic() > deadline:  # who listens, and who watches
                break
            time.sleep(0.01)
        return {
            "descriptors": len(os.listdir("/dev/fd")),
            "threads": threading.active_count(),
            "tasks": len(asyncio.all_tasks(self.loop)),
        }

    def close(self) -> None:
        """Close everything."""
        self.counts()
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
        self.server.close()
