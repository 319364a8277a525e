"""The family over google-generativeai and vertexai: a `GenerativeModel` is the client."""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Callable, Generator, Mapping
from typing import Any

from ...base.narrowing import is_mapping
from ...base.reading_messages import split_system, system_text
from ...base.vendor import Draft
from .schema import declared, forced
from .vendor import ContentVendor

__all__ = ["GenerativeVendor"]


class GenerativeVendor(ContentVendor):
    """A vendor whose model objects have `generate_content`."""

    params_key = "generation_config"
    streams_tools = False

    @abstractmethod
    def new_model(self, name: str) -> Any:
        """Build the SDK's model object."""

    @abstractmethod
    def instruction(self, text: str) -> Any:
        """Make the SDK's form of a system instruction."""

    def force(self, name: str) -> Any:
        """Word that the model must call a tool."""
        return forced(name)

    @abstractmethod
    def call_of(self, chunks: Any) -> Any:
        """Give the call that a started stream reads, which can be cancelled.

        The SDKs keep it to themselves; None where it is not found.
        """

    def make_client(self, is_async: bool) -> Any:
        """Give no client: the SDKs are configured by a call of their own and keep theirs."""
        return None

    def client(self, given: Any, is_async: bool) -> Any:
        """Give the user's model object, if there is one."""
        return given

    def session(self, client: Any, draft: Draft) -> Any:
        """Give a model object for this call: the system message is written into it."""
        model = client if client is not None else self.new_model(draft.model)
        system = split_system(draft.messages)[0]
        if system is None:
            return model
        # A copy: the object may be the user's, or serve other calls at the same time.
        model = copy.copy(model)
        model._system_instruction = self.instruction(system_text(system))
        return model

    def request(self, draft: Draft, client: Any) -> tuple[list[Any], dict[str, Any]]:
        messages = self.encode(split_system(draft.messages)[1])
        kwargs: dict[str, Any] = {"contents": messages, **draft.params}
        if draft.tool_types:
            kwargs["tools"] = [declared(draft.tool_types)]
        if draft.forced_tool:
            kwargs["tool_config"] = self.force(draft.forced_tool)
        if draft.json_mode and not draft.tool_types:
            kwargs["generation_config"] = self.json_config(kwargs.get("generation_config"))
        return messages, kwargs

    def json_config(self, given: Any) -> Any:
        """Put the JSON switch into a configuration, leaving the user's own as it is."""
        own = given is None or is_mapping(given)
        settings: Mapping[str, Any] = (given or {}) if own else _plain(given)
        values = {key: value for key, value in settings.items() if value is not None}
        return {**values, "response_mime_type": "application/json"}

    def create(self, client: Any, kwargs: dict[str, Any], *, stream: bool, is_async: bool) -> Any:
        ask = client.generate_content_async if is_async else client.generate_content
        return ask(**kwargs, stream=True) if stream else ask(**kwargs)

    def stream(self, client: Any, kwargs: dict[str, Any]) -> Generator[Any, None, None]:
        chunks = self.create(client, kwargs, stream=True, is_async=False)
        call: Any = None
        try:
            for chunk in chunks:
                call = call or self.call_of(chunks)
                yield chunk
        finally:
            # Over REST the call is part of a reference cycle, so dropping it closes nothing.
            if call is not None:
                call.cancel()


def _plain(config: Any) -> dict[str, Any]:
    write: Callable[[], dict[str, Any]] | None = getattr(config, "to_dict", None)
    own: dict[str, Any] = config.__dict__
    return write() if write else own
