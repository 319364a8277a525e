"""A container to run programs in."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import PrivateAttr

from mirascope.core.base import toolkit_tool

from .configurable import ConfigurableToolConfig, ConfigurableToolKit, needs

if TYPE_CHECKING:
    from docker.models.containers import Container

__all__ = ["DockerOperationToolKit", "DockerOperationToolKitConfig"]


class DockerOperationToolKitConfig(ConfigurableToolConfig):
    """What the container is.

    Attributes:
        docker_image: The image, one with Python.
        max_memory: The most memory it may use, in Docker's words.
        allow_network: Whether it has a network.
    """

    docker_image: str = "python:3.13-slim"
    max_memory: str = "512m"
    allow_network: bool = True


class DockerOperationToolKit(ConfigurableToolKit):
    """Tools that run Python and shell commands in one container.

    The container is made when the first tool is called. `close`, the end of a `with` block, or the
    end of the toolkit removes it.

    Attributes:
        config: What the container is; None for the defaults.
    """

    __configurable_tool_config__: ClassVar[Any] = DockerOperationToolKitConfig()
    __prompt_usage_description__: ClassVar[str] = (
        "The tools ExecutePython and ExecuteShell run code in one container. Print what you want "
        "to see."
    )
    __namespace__: ClassVar[str | None] = None

    _container: Container | None = PrivateAttr(None)
    _removal: weakref.finalize[..., Any] | None = PrivateAttr(None)

    @toolkit_tool
    def ExecutePython(self, code: str, requirements: list[str] | None = None) -> str:
        """Run a Python program in the container and read what it prints.

        Args:
            code: The program.
            requirements: What to install with pip before it runs.
        """
        if requirements:
            if not self.settings.allow_network:
                return "Error: nothing can be installed, the container has no network."
            installed = self._run(
                ["python", "-m", "pip", "install", "--quiet", "--", *requirements]
            )
            if installed.startswith("Error:"):
                return installed
        return self._run(["python", "-c", code])

    @toolkit_tool
    def ExecuteShell(self, command: str) -> str:
        """Run a shell command in the container and read what it prints.

        Args:
            command: The command.
        """
        return self._run(["sh", "-c", command])

    def close(self) -> None:
        """Remove the container; the next call of a tool makes a new one."""
        if self._removal is not None:
            self._removal()
        self._container = self._removal = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, command: list[str]) -> str:
        with needs("DockerOperationToolKit"):
            from docker.errors import DockerException
        try:
            result = self._started().exec_run(command)
        except DockerException as error:
            return f"Error: Docker failed, {type(error).__name__}."
        output: Any = result.output  # bytes, where neither a stream nor a socket is asked for
        text = str(output, "utf-8", "replace")
        return text if result.exit_code == 0 else f"Error: exit code {result.exit_code}.\n{text}"

    def _started(self) -> Container:
        if self._container is None:
            import docker

            config = self.settings
            client = docker.from_env()
            container = client.containers.run(
                config.docker_image,
                ["sleep", "infinity"],
                detach=True,
                init=True,  # reaps what commands leave behind, and ends at once
                mem_limit=config.max_memory,
                network_mode="bridge" if config.allow_network else "none",
                pids_limit=256,
                security_opt=["no-new-privileges"],
            )
            self._container = container
            self._removal = weakref.finalize(self, _remove, client, container)
        return self._container


def _remove(client: Any, container: Any) -> None:
    container.remove(force=True)
    client.close()
