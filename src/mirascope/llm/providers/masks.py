"""What keeps secrets out of texts, however they are written there.

Servers quote what they hear, and not to the letter: escaped for JSON, HTML or a URL, in capitals,
folded into lines, in base64, cut short. So it is not the secret's forms that are listed, for there
is always one more. The text is read as a browser would read it, time and again until nothing is
left to unescape, and searched each time without regard to case and white space.

All of this happens when something has failed; no answer comes here.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast
from urllib.parse import parse_qsl, unquote, unquote_to_bytes, urlsplit

from mirascope.llm.exceptions import APIError, ResponseValidationError, TimeoutError
from mirascope.llm.transport.http import HttpRequest

__all__ = ["LEFT_OUT", "Mask", "hide", "mask_keys", "secrets_in", "secrets_in_url"]

LEFT_OUT = "(left out: it holds the key, which is too short to be masked)"
"""Stands for a text of the server that holds a key which may be a part of any word."""

_MASK = "***"
_SHORT = 4
"""Secrets with fewer characters cannot be told from the words around them."""
_PREFIX = 4
"""The shortest beginning of a secret that is masked where the text was cut behind it."""
_LEVELS = 4
"""How many escapes in one another are undone: a URL in JSON in HTML makes three."""

_LOOKS_LIKE_A_KEY = re.compile(
    r"\b((?:sk|rk|pk|gsk|xai|hf|nvapi|pplx|csk|sess)[-_]|AIza|bearer\s+)[\w*\-+/=]{6,}"
    r"|(?<=[?&]key=)[^&\s\"'<]+",
    re.IGNORECASE,
)
_SECRET_NAME = re.compile(
    r"auth|key|token|secret|cookie|passw|credential|signature|session|\bsig\b", re.IGNORECASE
)
_ESCAPE = re.compile(
    r"((?:\\{1,4}u[0-9a-fA-F]{4})+)|(?:\\u\{|\\U)([0-9a-fA-F]{1,8})\}?|((?:\\x[0-9a-fA-F]{2})+)"
    r"|((?:%[0-9a-fA-F]{2})+)|(&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});)"
    r"|\\([bfnrtv])"
)
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_IGNORED = re.compile(r"[\s+\\]+")
"""White space, which is added and lost everywhere, what stands for it in URLs, and what is put
before quotes and itself, nobody knows how often."""


def mask_keys(text: str) -> str:
    """Return `text` with whatever looks like a key, or a part of one, left out.

    A signer masks the keys that it has. Servers also quote those of others, such as a gateway's own
    for the vendor behind it, and parts of keys that they have masked badly themselves.
    """
    return _LOOKS_LIKE_A_KEY.sub(lambda found: f"{found[1] or ''}{_MASK}", text)


class Mask:
    """Returns a text without any of some secrets."""

    def __init__(self, secrets: Iterable[str]) -> None:
        given = {secret for secret in secrets if secret.strip()}
        self._short = {_searched(secret) for secret in given if _is_short(secret)}
        self._short |= {secret.lower() for secret in given if _is_short(secret)}
        self._long = {
            searched
            for secret in given
            if not _is_short(secret)
            for form in _forms(secret)
            if len(searched := _searched(form)) >= _SHORT
        }
        self._short.discard("")

    def __bool__(self) -> bool:
        return bool(self._long or self._short)

    def __call__(self, text: str, *, said_by_server: bool = True) -> str:
        """Return `text` without the secrets.

        Args:
            text: What may hold them.
            said_by_server: Whether the text comes from the other side. What we say ourselves holds
                no secret, and any short one by chance.
        """
        if said_by_server and self._short and self._holds_short(text):
            return LEFT_OUT
        spans = self._spans(text) if self._long else []
        if not spans:
            return text
        pieces: list[str] = []
        done = 0
        for start, end in sorted(spans):
            if end <= done:
                continue
            if start > done or not pieces:
                pieces += [text[done:start], _MASK]
            done = end
        return "".join([*pieces, text[done:]])

    def finds(self, text: str) -> bool:
        """Say whether a secret that can be masked is in `text`."""
        return bool(self._long) and bool(self._spans(text))

    def _holds_short(self, text: str) -> bool:
        for _ in range(_LEVELS):
            lower, searched = text.lower(), _searched(text)
            if any(short in lower or short in searched for short in self._short):
                return True
            text, escaped = _ESCAPE.sub(_unescaped, text), text
            if text == escaped:
                break
        return False

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """Return where the secrets are, and beginnings of them where the text was cut."""
        spans: list[tuple[int, int]] = []
        read = text
        for level in range(_LEVELS):
            searched = _searched(read)
            found = [*self._found(searched), *self._cut(searched)]
            if found:
                places = _places(text, level)
                spans += [(places[start][0], places[end - 1][1]) for start, end in found]
            read, escaped = _ESCAPE.sub(_unescaped, read), read
            if read == escaped:
                break
        return spans

    def _found(self, searched: str) -> Iterator[tuple[int, int]]:
        for secret in self._long:
            start = searched.find(secret)
            while start >= 0:
                yield start, start + len(secret)
                start = searched.find(secret, start + 1)

    def _cut(self, searched: str) -> Iterator[tuple[int, int]]:
        ends = {len(searched)} | {found.start() for found in re.finditer("…|\\.\\.\\.", searched)}
        for secret in self._long:
            for end in ends:
                for length in range(min(len(secret) - 1, end), _PREFIX - 1, -1):
                    if searched.startswith(secret[:length], end - length):
                        yield end - length, end
                        break


def secrets_in(request: HttpRequest) -> Iterator[str]:
    """Yield what is secret in a request by the name it goes by: in its headers and its address."""
    for name, value in request.headers.items():
        if _SECRET_NAME.search(name):
            yield from _credentials(value)
    yield from secrets_in_url(request.url)


def secrets_in_url(url: str) -> Iterator[str]:
    """Yield the user of an address and what its query calls secret."""
    user, query = "", ""
    with contextlib.suppress(ValueError):  # it cannot be an address, and was not sent anywhere
        parts = urlsplit(url)
        user, query = parts.netloc.rpartition("@")[0], parts.query
    if user:
        yield user
        yield base64.b64encode(unquote_to_bytes(user)).decode()
        yield from (unquote(part) for part in user.split(":", 1))
    for name, value in parse_qsl(query):
        if _SECRET_NAME.search(name):
            yield value


def _credentials(value: str) -> Iterator[str]:
    """Yield what is secret in a header: what follows the scheme, and the values of cookies."""
    scheme, space, rest = value.strip().partition(" ")
    yield rest.strip() if space and scheme.isalpha() else value
    if scheme.lower() == "basic":
        with contextlib.suppress(binascii.Error, ValueError):
            user = base64.b64decode(rest, validate=True).decode("utf-8", "replace")
            yield user
            yield from user.split(":", 1)
    for cookie in value.split(";") if "=" in value else ():
        yield cookie.partition("=")[2].strip()


def _is_short(secret: str) -> bool:
    return len(_searched(secret)) < _SHORT


def _searched(text: str) -> str:
    """Return what is searched of a text, and for: neither case nor white space."""
    lower = text.lower() if text.isascii() else "".join(map(_lower, text))
    return _IGNORED.sub("", lower)


def _lower(character: str) -> str:
    lower = character.lower()
    return lower if len(lower) == 1 else character


def _forms(secret: str) -> set[str]:
    """Return a secret and what it becomes where no escape tells so."""
    forms = {secret, secret.upper()}
    for one, other in (("utf-8", "latin-1"), ("latin-1", "utf-8"), ("ascii", "ascii")):
        data = secret.encode(one, "replace")
        forms.add(data.decode(other, "replace"))
    data = secret.encode("utf-8", "replace")
    forms.add(data.hex())
    for before in range(3):  # where in a group of three bytes it begins
        written = base64.b64encode(b"\0" * before + data).decode()
        whole = (len(data) + before) // 3 * 4
        inside = written[(0, 2, 3)[before] : whole]
        if len(inside) >= 2 * _SHORT:
            forms |= {inside, inside.replace("+", "-").replace("/", "_")}
    if len(data) >= _SHORT:
        for encoded in (base64.b64encode(data), base64.urlsafe_b64encode(data)):
            forms |= {encoded.decode(), encoded.decode().rstrip("=")}
    read = secret
    for _ in range(_LEVELS):  # for a secret may look escaped
        read = _ESCAPE.sub(_unescaped, read)
        forms.add(read)
    return forms


def _unescaped(found: re.Match[str]) -> str:
    """Return what an escape stands for; itself where it stands for nothing."""
    units, point, bytes_, percents, entity, character = found.groups()
    if units:  # of UTF-16
        return bytes.fromhex(units.replace("\\", "").replace("u", "")).decode(
            "utf-16-be", "replace"
        )
    if point:
        return chr(int(point, 16)) if int(point, 16) < 0x110000 else found[0]
    if bytes_:
        return bytes.fromhex(bytes_.replace("\\x", "")).decode("latin-1")
    if percents:
        data = unquote_to_bytes(percents)
        try:
            return data.decode()
        except UnicodeDecodeError:
            return data.decode("latin-1")
    if entity:
        return html.unescape(entity)
    return _CONTROLS[character]


def _places(text: str, level: int) -> list[tuple[int, int]]:
    """Return for each character that is searched where in `text` it stands, start and end."""
    characters = [(character, at, at + 1) for at, character in enumerate(text)]
    for _ in range(level):
        joined = "".join(character for character, _, _ in characters)
        read: list[tuple[str, int, int]] = []
        done = 0
        for found in _ESCAPE.finditer(joined):
            read += characters[done : found.start()]
            done = found.end()
            start, end = characters[found.start()][1], characters[done - 1][2]
            read += [(character, start, end) for character in _unescaped(found)]
        characters = read + characters[done:]
    return [
        (start, end) for character, start, end in characters if not _IGNORED.fullmatch(character)
    ]


# --- errors


def hide(error: BaseException, mask: Mask) -> None:
    """Take every secret out of an error, and out of those that it came from.

    One that shows a secret all the same, since it holds objects of others, is cut off.
    """
    if mask:
        _hide_once(error, mask, _is_said_by_server(error), set())


def _is_said_by_server(error: BaseException) -> bool:
    """Say whether an error's text is, or may quote, what the server said."""
    if isinstance(error, TimeoutError):
        return error.phase is None
    return isinstance(error, APIError | ResponseValidationError)


def _hide_once(error: BaseException, mask: Mask, said: bool, seen: set[int]) -> None:
    if id(error) not in seen:
        seen.add(id(error))
        _hide(error, mask, said, seen)


def _hide(error: BaseException, mask: Mask, said: bool, seen: set[int]) -> None:
    attributes = vars(error)
    for name in ("__cause__", "__context__", "original_exception"):
        one = getattr(error, name, None)
        if isinstance(one, BaseException):
            # The context may be the caller's own trouble: nothing that a server said.
            _hide_once(one, mask, said and name != "__context__", seen)
            if mask.finds(f"{one}\n{one!r}\n{vars(one)}"):
                setattr(error, name, None)
    for one in error.args:
        if isinstance(one, BaseException):
            _hide_once(one, mask, said, seen)
    error.args = tuple(_masked(value, mask, said) for value in error.args)
    for name, value in attributes.items():
        # The id comes from the server whatever the error is; the names come from here.
        by_server = name == "request_id" or (said and name not in ("provider", "model"))
        attributes[name] = _masked(value, mask, by_server)
    for name in ("doc", "object"):  # where decoders keep the whole text that they could not decode
        if hasattr(error, name):
            setattr(error, name, _masked(getattr(error, name), mask, said))


def _masked(value: Any, mask: Mask, said: bool) -> Any:
    if isinstance(value, str):
        return mask(value, said_by_server=said)
    if isinstance(value, bytes):
        text = value.decode("utf-8", "surrogateescape")
        masked = mask(text, said_by_server=said)
        return value if masked == text else masked.encode("utf-8", "surrogateescape")
    if type(value) in (list, tuple):
        items = [_masked(item, mask, said) for item in cast("list[Any]", value)]
        return type(value)(items)
    if type(value) is dict:
        fields = cast("Mapping[Any, Any]", value)
        return {_masked(key, mask, said): _masked(item, mask, said) for key, item in fields.items()}
    return value
