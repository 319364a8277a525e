"""The only input and output of the package: HTTP, or its stand-in in memory."""
