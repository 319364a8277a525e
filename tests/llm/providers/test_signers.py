"""Who asks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mirascope.llm.providers.signers import HeaderKey, Signer, bearer
from mirascope.llm.transport.http import HttpRequest

REQUEST = HttpRequest(url="https://a.invalid/x", headers={"content-type": "text/plain"}, body=b"b")
SIGNERS: list[tuple[Callable[[str | None], Signer], str, str]] = [
    (bearer, "authorization", "Bearer k"),
    (lambda key: HeaderKey(key, "x-api-key"), "x-api-key", "k"),
]


@pytest.mark.parametrize(("make", "name", "value"), SIGNERS)
async def test_the_key_is_where_it_belongs(
    make: Callable[[str | None], Signer], name: str, value: str
) -> None:
    signed = make("k").sign(REQUEST)
    assert signed.headers == {"content-type": "text/plain", name: value}
    assert signed.body == REQUEST.body
    assert name not in REQUEST.headers
    assert make(" k\n").sign(REQUEST) == signed
    assert await make("k").sign_async(REQUEST) == signed
    own = HttpRequest(url=REQUEST.url, headers={name: "mine"})
    assert make("k").sign(own) == own


@pytest.mark.parametrize("key", [None, "", " \n"])
@pytest.mark.parametrize("make", [make for make, _, _ in SIGNERS])
def test_without_a_key(make: Callable[[str | None], Signer], key: str | None) -> None:
    assert make(key).sign(REQUEST) == REQUEST
    assert make(key).mask("nothing to hide") == "nothing to hide"


def test_a_request_does_not_show_its_headers() -> None:
    assert "s3cret" not in repr(bearer("s3cret-key").sign(REQUEST))
