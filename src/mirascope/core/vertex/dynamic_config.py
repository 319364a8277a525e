from . import VertexDynamicConfig as VertexDynamicConfig
