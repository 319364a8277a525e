"""Types that the rest of the package is written in terms of."""

from mirascope.llm.types.jsonable import Jsonable, JsonableCovariantT, JsonableT
from mirascope.llm.types.params import (
    CapabilityConfig,
    Params,
    ThinkingConfig,
    ThinkingLevel,
    ToolChoice,
)
from mirascope.llm.types.timeout import Timeout
from mirascope.llm.types.type_vars import AnyP, CovariantT, Dataclass, NoneType, P

__all__ = [
    "AnyP",
    "CapabilityConfig",
    "CovariantT",
    "Dataclass",
    "Jsonable",
    "JsonableCovariantT",
    "JsonableT",
    "NoneType",
    "P",
    "Params",
    "ThinkingConfig",
    "ThinkingLevel",
    "Timeout",
    "ToolChoice",
]
