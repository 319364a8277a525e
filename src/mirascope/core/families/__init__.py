"""What the vendors of a family have in common; no SDK is imported here."""

__all__: list[str] = []
