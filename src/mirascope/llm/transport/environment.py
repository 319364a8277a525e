"""What the machine says about the way to the network: proxies and trusted certificates."""

from __future__ import annotations

import os
import ssl
import urllib.request
from urllib.parse import urlsplit

from mirascope.llm.transport.failures import address
from mirascope.llm.transport.http import ConnectFailed

__all__ = ["Proxies", "tls_context"]


class Proxies:
    """``HTTP_PROXY``, ``HTTPS_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``, or the system's settings.

    They are read when the first address is looked up, and kept.
    """

    def __init__(self) -> None:
        self._by_scheme: dict[str, str] | None = None
        self._by_host: dict[tuple[str, str], str | None] = {}

    def find(self, url: str) -> str | None:
        """Return the proxy for `url`; None to go there directly.

        Raises:
            ConnectFailed: The proxy speaks something else than HTTP.
        """
        parts = urlsplit(url)
        key = (parts.scheme, parts.netloc.rpartition("@")[2])
        if key not in self._by_host:
            self._by_host[key] = self._look_up(*key)
        return self._by_host[key]

    def _look_up(self, scheme: str, netloc: str) -> str | None:
        if self._by_scheme is None:
            self._by_scheme = urllib.request.getproxies()
        proxy = self._by_scheme.get(scheme) or self._by_scheme.get("all")
        if not proxy or urllib.request.proxy_bypass(netloc):
            return None
        if "://" not in proxy:
            proxy = f"http://{proxy}"
        if not proxy.lower().startswith(("http://", "https://")):
            raise ConnectFailed(
                f"the environment asks for a {proxy.partition(':')[0]} proxy, and only http and "
                "https proxies are spoken; pass an httpx client of your own, or set NO_PROXY"
            )
        try:
            address(proxy)
        except ConnectFailed as error:
            raise ConnectFailed(f"the environment asks for a proxy, but {error}") from None
        return proxy


def tls_context() -> ssl.SSLContext:
    """Return a context that trusts what the machine trusts, or ``SSL_CERT_FILE`` where set.

    Where Python finds no certificates at all, as on a Mac without them installed, those of
    `certifi` are used if it is there.
    """
    context = ssl.create_default_context()
    if not context.cert_store_stats()["x509_ca"] and not _has_certificate_directory():
        try:
            import certifi  # optional, and needed on few machines
        except ImportError:
            pass
        else:
            context.load_verify_locations(certifi.where())
    return context


def _has_certificate_directory() -> bool:
    """Say whether there is a directory that OpenSSL looks into when a certificate is checked."""
    path = ssl.get_default_verify_paths().capath  # None, in truth, where it does not exist
    return bool(path and os.listdir(path))
