from . import GoogleDynamicConfig as GoogleDynamicConfig
