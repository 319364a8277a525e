"""What a call or a prompt is asked with besides its own settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

from mirascope.llm.layering import Layer, layers_of
from mirascope.llm.models import Model
from mirascope.llm.models.parameters import check_parameters
from mirascope.llm.types.params import Params

__all__ = ["AskOptions"]

_ModelT = TypeVar("_ModelT", bound=Model)


@dataclass(frozen=True, kw_only=True)
class AskOptions:
    """Who is asked, and how, where that is not what a call or a prompt says."""

    model: Model | None = None
    """Who, whatever the context says; of a call only."""
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """In place of the model's."""
    layers: tuple[Layer, ...] = ()
    """Around the model's."""

    def with_more(self, layers: Sequence[Layer], params: Mapping[str, Any]) -> AskOptions:
        """Return these options with more of them.

        Raises:
            TypeError: A parameter is not known, or something is of a wrong type.
        """
        check_parameters(cast("Params", params))  # so that what is wrong is said now
        return replace(
            self,
            params={**self.params, **params},
            layers=(*layers_of(layers), *self.layers),
        )

    def applied_to(self, model: _ModelT) -> _ModelT:
        """Return `model` as it is asked."""
        if not (self.params or self.layers):
            return model
        return model.with_options(layers=self.layers, **self.params)
