"""The settings of one call to google."""

from . import GoogleDynamicConfig as GoogleDynamicConfig
