"""Plausible values by the name of a field, or by the format its schema asks for."""

from __future__ import annotations

import re

__all__ = ["formatted", "number_for", "text_for"]

_TEXTS = {
    "address": "12 Harbour Street, Lisbon",
    "author": "Ada Verne",
    "category": "fiction",
    "city": "Lisbon",
    "code": "A1",
    "color": "blue",
    "colour": "blue",
    "company": "Lantern & Sons",
    "country": "Portugal",
    "currency": "EUR",
    "date": "2026-01-02",
    "day": "Monday",
    "description": "A small thing, carefully made, that does what it says.",
    "director": "Ines Duarte",
    "email": "ada@example.com",
    "file": "notes.txt",
    "genre": "fantasy",
    "id": "id-1",
    "ingredient": "olive oil",
    "isbn": "978-0-00-000000-2",
    "job": "lighthouse keeper",
    "keyword": "sea",
    "label": "neutral",
    "language": "English",
    "link": "https://example.com/1",
    "location": "Lisbon",
    "name": "Ada Verne",
    "path": "notes.txt",
    "phone": "+351 210 000 000",
    "place": "Lisbon",
    "publisher": "Lantern Press",
    "quote": "Every map ends where someone stopped walking.",
    "sentiment": "neutral",
    "step": "Take a deep breath and begin.",
    "summary": "A mapmaker follows a light that no chart shows, and finds who keeps it burning.",
    "surname": "Verne",
    "tag": "adventure",
    "theme": "curiosity",
    "title": "The Lighthouse at the End of the Map",
    "topic": "lighthouses",
    "unit": "metre",
    "url": "https://example.com/1",
    "user": "ada",
    "username": "ada",
    "word": "lantern",
}
_ANSWERS = {
    "answer",
    "content",
    "explanation",
    "message",
    "output",
    "reasoning",
    "reply",
    "response",
    "result",
    "text",
    "thought",
}
_QUESTIONS = {"input", "prompt", "q", "query", "question", "search", "task"}
_NUMBERS = {
    "age": 42,
    "amount": 12,
    "confidence": 0.9,
    "count": 3,
    "day": 2,
    "duration": 90,
    "height": 180,
    "hour": 3,
    "lat": 38.7,
    "latitude": 38.7,
    "limit": 10,
    "lon": -9.1,
    "longitude": -9.1,
    "minute": 30,
    "minutes": 30,
    "month": 1,
    "page": 1,
    "pages": 312,
    "percent": 50,
    "price": 12.5,
    "probability": 0.9,
    "quantity": 2,
    "rating": 4,
    "score": 0.9,
    "temperature": 21.5,
    "weight": 70,
    "year": 2007,
}
_FORMATS = {
    "date": "2026-01-{day:02}",
    "date-time": "2026-01-{day:02}T03:04:05Z",
    "time": "03:04:{day:02}Z",
    "duration": "P{day}D",
    "email": "ada{day}@example.com",
    "idn-email": "ada{day}@example.com",
    "hostname": "host{day}.example.com",
    "idn-hostname": "host{day}.example.com",
    "ipv4": "192.0.2.{day}",
    "ipv6": "2001:db8::{day}",
    "ipvanyaddress": "192.0.2.{day}",
    "uri": "https://example.com/{day}",
    "url": "https://example.com/{day}",
    "iri": "https://example.com/{day}",
    "uri-reference": "/{day}",
    "uuid": "00000000-0000-4000-8000-0000000000{day:02}",
    "uuid4": "00000000-0000-4000-8000-0000000000{day:02}",
    "json-pointer": "/{day}",
    "regex": "^{day}$",
    "base64": "c2FtcGxl",
    "base64url": "c2FtcGxl",
    "byte": "c2FtcGxl",
}
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_]+|\d+")


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name)]


def _keys(name: str) -> list[str]:
    """Return what to look up for `name`, the most telling first."""
    words = _words(name)
    last = words[-1] if words else ""
    # "ingredients" holds what "ingredient" names; "address" and "series" are no plurals.
    singular = last[:-1] if last.endswith("s") and not last.endswith("ss") else last
    return ["_".join(words), last, singular]


def text_for(name: str, question: str, index: int) -> str:
    """Return a text for the field `name`; another `index` gives another text."""
    keys = _keys(name)
    if any(key in _QUESTIONS for key in keys) and question:
        text = question
    elif any(key in _ANSWERS for key in keys):
        text = f"A simulated answer to: {question}" if question else "A simulated answer."
    else:
        found = next((_TEXTS[key] for key in keys if key in _TEXTS), None)
        text = found or f"a sample {' '.join(_words(name))}".rstrip()
    return text if index == 0 else f"{text} {index + 1}"


def number_for(name: str) -> float | None:
    """Return a number for the field `name`, if it tells of one."""
    return next((_NUMBERS[key] for key in _keys(name) if key in _NUMBERS), None)


def formatted(name: str, index: int) -> str | None:
    """Return a text in a format of JSON Schema, None for an unknown one."""
    template = _FORMATS.get(name)
    return None if template is None else template.format(day=index % 28 + 1)
