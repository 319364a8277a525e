"""Which addresses are connected to: checked where the connection is made."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from mirascope.llm.transport.addresses import Admits, is_public
from mirascope.llm.transport.async_driver import AsyncDriver
from mirascope.llm.transport.http import AddressRefused, ConnectFailed, HttpRequest
from mirascope.llm.transport.sync_driver import SyncDriver
from tests.llm.conftest import Colour as Waits
from tests.loopback import Reply, Server


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "93.184.216.34", "100.63.255.255", "100.128.0.0", "172.15.0.1"]
    + ["172.32.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8"]
    + ["64:ff9b::8.8.8.8", "2002:808:808::1", "2606:4700::1111%eth0"],
)
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    # this machine, private, link-local, shared, unspecified
    ["127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"]
    + ["169.254.169.254", "100.64.0.1", "100.127.255.255", "0.0.0.0", "0.1.2.3"]
    # multicast, reserved, broadcast, for documents, for measurements, of protocols
    + ["224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.51.100.7"]
    + ["203.0.113.9", "198.18.0.1", "198.19.255.255", "192.0.0.8", "192.88.99.1"]
    # the same in IPv6
    + ["::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1"]
    + ["2001:db8::1", "3fff::1", "100::1", "5f00::1", "2001:10::1", "2001:0:4136:e378::1"]
    # and within addresses that hold another
    + ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"]
    + ["64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::8.8.8.8", "2002:7f00:1::1"]
    + ["2002:a00:1::1", "2002:a9fe:a9fe::"],
)
def test_not_public(address: str) -> None:
    assert not is_public(address)


def ask(waits: Waits, url: str, admits: Admits) -> int:
    """Return the status of what is at `url`."""
    request = HttpRequest(url=url, method="GET")
    driver: Any = AsyncDriver(admits) if waits.asynchronous else SyncDriver(admits)
    opened = driver.open_async if waits.asynchronous else driver.open
    try:
        stream = waits.run(opened(request, connect=5, deadline=None))
        status: int = stream.status
        stream.close()
        return status
    finally:
        waits.run(driver.aclose() if waits.asynchronous else driver.close())


@pytest.fixture(params=[False, True], ids=["sync", "async"])
def waits(request: pytest.FixtureRequest) -> Any:
    waits = Waits(asynchronous=request.param)
    yield waits
    waits.close()


def test_the_address_is_asked_about_before_it_is_connected_to(waits: Waits, server: Server) -> None:
    server.route("/x", Reply(body=b"x", framing="length"))
    asked: list[str] = []

    def admits(address: str) -> bool:
        asked.append(address)
        return len(asked) > 1

    with pytest.raises(AddressRefused, match=r"no address of 127.0.0.1:\d+ is admitted"):
        ask(waits, server.url("/x"), admits)
    assert asked == ["127.0.0.1"]
    assert server.connections == 0
    assert ask(waits, server.url("/x"), admits) == 200
    assert asked == ["127.0.0.1", "127.0.0.1"]


def test_a_name_is_not_looked_up_again(
    waits: Waits, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads elsewhere the second time: what was admitted is what is connected to."""
    real = socket.getaddrinfo
    answers = ["127.0.0.2"]  # where nobody listens

    def look_up(host: Any, *args: Any, **options: Any) -> Any:
        if host != "rebinds.example" or options.get("flags", 0) & socket.AI_NUMERICHOST:
            return real(host, *args, **options)
        return real(answers.pop(0) if answers else "127.0.0.1", *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    url = server.url("/x").replace("127.0.0.1", "rebinds.example")
    with pytest.raises(ConnectFailed) as raised:
        ask(waits, url, lambda address: address == "127.0.0.2")
    assert not isinstance(raised.value, AddressRefused)
    assert answers == []
    assert server.connections == 0


def test_of_several_addresses_those_that_are_admitted_are_tried(
    waits: Waits, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.route("/x", Reply(body=b"x", framing="length"))
    real = socket.getaddrinfo

    def look_up(host: Any, *args: Any, **options: Any) -> Any:
        if host != "several.example" or options.get("flags", 0) & socket.AI_NUMERICHOST:
            return real(host, *args, **options)
        found = [real(address, *args, **options) for address in ("127.0.0.3", "127.0.0.1")]
        return [*found[0], *found[1]]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    url = server.url("/x").replace("127.0.0.1", "several.example")
    assert ask(waits, url, lambda address: address == "127.0.0.1") == 200
