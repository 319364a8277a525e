"""Layers: what can be put around a request."""

from mirascope.llm.layering.answer import Answer, Open, Race, Sleep, Step, race, sleep, wait
from mirascope.llm.layering.asides import aside
from mirascope.llm.layering.block import block_layers, layers
from mirascope.llm.layering.driver import AsyncLayerSource, LayerSource
from mirascope.llm.layering.layer import Layer, LayerFlow, layers_of
from mirascope.llm.layering.request import Request
from mirascope.llm.layering.signal import Signal

__all__ = [
    "Answer",
    "AsyncLayerSource",
    "Layer",
    "LayerFlow",
    "LayerSource",
    "Open",
    "Race",
    "Request",
    "Signal",
    "Sleep",
    "Step",
    "aside",
    "block_layers",
    "layers",
    "layers_of",
    "race",
    "sleep",
    "wait",
]
