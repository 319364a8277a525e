"""Layers: what can be put around a request."""

from mirascope.llm.layering.answer import Answer, Open, Race, Sleep, Step, race, sleep
from mirascope.llm.layering.block import block_layers, layers
from mirascope.llm.layering.driver import AsyncLayerSource, LayerSource
from mirascope.llm.layering.layer import Layer, LayerFlow, layers_of
from mirascope.llm.layering.request import Request

__all__ = [
    "Answer",
    "AsyncLayerSource",
    "Layer",
    "LayerFlow",
    "LayerSource",
    "Open",
    "Race",
    "Request",
    "Sleep",
    "Step",
    "block_layers",
    "layers",
    "layers_of",
    "race",
    "sleep",
]
