"""What holds for every test: no vendor's key, no network but this machine's own, nothing shared."""

from __future__ import annotations

import ipaddress
import logging
import os
import signal
import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

# No test has a time limit, so neither has a hypothesis example. Under CI the examples are the same
# in every run; elsewhere each run looks at new ones and keeps what it found.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.register_profile(
    "fuzz", deadline=None, max_examples=int(os.environ.get("FUZZ_ITERATIONS", "100"))
)
settings.load_profile(
    "fuzz" if "FUZZ_ITERATIONS" in os.environ else "ci" if os.environ.get("CI") else "local"
)

# What a shell starts in the background ignores Ctrl-C, and so would all that the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:  # a name, not an address
        return host in ("", "localhost")


def _forbid_network(event: str, args: tuple[object, ...]) -> None:
    """Refuse to connect to another machine, whichever library tries."""
    if event != "socket.connect":
        return
    address = args[1]
    if isinstance(address, tuple) and not _is_this_machine(str(address[0])):
        raise RuntimeError(f"a test tried to connect to {address[0]}: tests stay on 127.0.0.1")


sys.addaudithook(_forbid_network)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that repeat as often as FUZZ_ITERATIONS says."""
    for item in items:
        if (
            isinstance(item, pytest.Function)
            and "FUZZ_ITERATIONS" in item.function.__code__.co_names
        ):
            item.add_marker("fuzz")


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every vendor's key, and every proxy, out of the environment."""
    for name in list(os.environ):
        if name.endswith(("_API_KEY", "_proxy", "_PROXY")) or name.startswith("AWS_"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _fresh_registry() -> Iterator[None]:
    """Forget what a test registered."""
    yield
    registry = sys.modules.get("mirascope.llm.providers.registry")
    if registry is not None:
        registry.reset_provider_registry()
    prices = sys.modules.get("mirascope.llm.pricing.table")
    if prices is not None:
        prices._replace({})
    logging.getLogger("mirascope.llm.requests").setLevel(logging.NOTSET)
