"""The text that something is saved in: JSON that says what it is and in which form."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from mirascope.llm.content.json_form import expected, read_record

__all__ = ["Envelope"]

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """One kind of text."""

    what: str
    """What is in it, for messages: ``saved messages``."""
    version: int
    """Of the form. It changes when what is written today could not be read as it was meant."""
    kinds: tuple[str, ...]
    """The words that `mirascope` may say."""
    newer: str
    """How the message about a newer version begins: ``These messages were``."""

    def seal(self, kind: str, body: Mapping[str, object]) -> str:
        """Return the text.

        Raises:
            RecursionError: It is nested too deeply, or holds itself.
        """
        text = json.dumps(
            {"mirascope": kind, "version": self.version, **body},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        # UTF-8 has no form for half of a surrogate pair, JSON has.
        return _LONE_SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)

    def unseal(self, text: str | bytes) -> dict[str, object]:
        """Return what was written, with a known kind and version.

        Raises:
            ValueError: It is something else. The error never says what the content was.
        """
        problem = None
        value: object = None
        try:
            value = json.loads(text, parse_constant=lambda constant: None)
        except json.JSONDecodeError as error:
            problem = f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        except UnicodeDecodeError:
            problem = "not JSON: the bytes are not UTF-8"
        except RecursionError:
            problem = "nested too deeply"
        except ValueError:  # the only one left: an integer longer than Python reads
            problem = "an integer in it has too many digits"
        if problem is not None:  # raised here, for those errors hold the whole text
            raise ValueError(f"Not {self.what}: {problem}")
        record = read_record(value, self.what)
        if record.get("mirascope") not in self.kinds:
            words = " nor ".join(repr(kind) for kind in self.kinds)
            neither = "neither" if len(self.kinds) > 1 else "not"
            raise ValueError(f"Not {self.what}: 'mirascope' is {neither} {words}")
        version = record.get("version")
        if type(version) is not int or version < 1:
            raise expected("a number from 1", version, "version")
        if version > self.version:
            raise ValueError(
                f"{self.newer} written by a newer version of mirascope: in form {version}, "
                f"and this one reads up to {self.version}"
            )
        return dict(record)
