"""The family of Google's generateContent: google, gemini and vertex."""

__all__: list[str] = []
