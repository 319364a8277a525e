"""Vertex AI: where it is, who asks, and Claude there; Gemini speaks Google's wire."""
