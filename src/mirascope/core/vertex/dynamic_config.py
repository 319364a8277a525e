"""The settings of one call to vertex."""

from . import VertexDynamicConfig as VertexDynamicConfig
