"""What people are shown of an address."""

from __future__ import annotations

import pytest

from mirascope.llm.types.shown import address_shown

SHOWN = {
    "https://api.example.com/v1": "https://api.example.com/v1",
    "http://127.0.0.1:8080": "http://127.0.0.1:8080",
    "http://[::1]:8080/v1/": "http://[::1]:8080/v1/",
    "https://me:hush@example.com/v1?key=hush#hush": "https://example.com/v1",
    "https://me:hu@sh@example.com/": "https://example.com/",
    "https://example.com?key=hush": "https://example.com",
    # Without a host, or a scheme.
    "": "no address",
    "me:hush@example.com/v1": "no address",
    "https://me:hush@": "no address",
    "https:hush": "no address",
    "/v1?key=hush": "no address",
    "//me:hush@example.com/v1": "no address",
    "https://[hush/v1": "no address",
}


@pytest.mark.parametrize(("address", "shown"), SHOWN.items(), ids=range(len(SHOWN)))
def test_an_address_is_shown_without_what_may_be_secret(address: str, shown: str) -> None:
    assert address_shown(address) == shown
