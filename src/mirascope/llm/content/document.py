"""Documents in a prompt."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, TypeAlias, cast, get_args
from urllib.parse import urlsplit

from mirascope.llm.content import downloads, media_bytes
from mirascope.llm.content.file import FileSource, file_source
from mirascope.llm.content.json_form import ByTag
from mirascope.llm.types.refusals import require

__all__ = [
    "MAX_DOCUMENT_SIZE",
    "Base64DocumentSource",
    "Document",
    "DocumentBase64MimeType",
    "DocumentMimeType",
    "DocumentTextMimeType",
    "TextDocumentSource",
    "URLDocumentSource",
    "infer_document_type",
    "mime_type_from_extension",
]

DocumentTextMimeType: TypeAlias = Literal[
    "application/json",
    "text/plain",
    "application/x-javascript",
    "text/javascript",
    "application/x-python",
    "text/x-python",
    "text/html",
    "text/css",
    "text/xml",
    "text/rtf",
]
DocumentBase64MimeType: TypeAlias = Literal["application/pdf"]
DocumentMimeType: TypeAlias = DocumentTextMimeType | DocumentBase64MimeType

MAX_DOCUMENT_SIZE = 50 * 1024 * 1024
"""The most that `Document.from_url` downloads, in bytes."""

_TEXT_TYPES: tuple[str, ...] = get_args(DocumentTextMimeType)
_BY_SUFFIX: dict[str, DocumentMimeType] = {
    ".pdf": "application/pdf",
    ".json": "application/json",
    ".txt": "text/plain",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".py": "text/x-python",
    ".html": "text/html",
    ".htm": "text/html",
    ".css": "text/css",
    ".xml": "text/xml",
    ".rtf": "text/rtf",
    **dict.fromkeys(
        # Plain to every vendor, whatever they may be to others.
        (".md", ".markdown", ".rst", ".csv", ".tsv", ".log", ".yaml", ".yml", ".toml", ".ini"),
        "text/plain",
    ),
}


@dataclass(kw_only=True)
class Base64DocumentSource:
    """A binary document carried in the request, as base64 text."""

    type: Literal["base64_document_source"]
    data: str
    media_type: DocumentBase64MimeType


@dataclass(kw_only=True)
class TextDocumentSource:
    """A text document carried in the request as it is."""

    type: Literal["text_document_source"]
    data: str
    media_type: DocumentTextMimeType


@dataclass(kw_only=True)
class URLDocumentSource:
    """A document the provider fetches itself."""

    type: Literal["url_document_source"]
    url: str


@dataclass(kw_only=True)
class Document:
    """A document: PDF, or text of some kind."""

    type: Literal["document"] = "document"
    source: Annotated[
        Base64DocumentSource | TextDocumentSource | URLDocumentSource | FileSource, ByTag("type")
    ]

    @classmethod
    def from_url(
        cls,
        url: str,
        *,
        download: bool = False,
        timeout: float | None = downloads.DOWNLOAD_TIMEOUT,
        allow_private: bool = False,
    ) -> Document:
        """Refer to a document by its address.

        Args:
            url: Where it is.
            download: Whether to fetch it now, rather than leave that to the provider. What it is
                shows from its bytes, or else from the suffix in the address.
            timeout: Seconds for all of the download; None for no limit.
            allow_private: Whether it may be downloaded from this machine or a private network; see
                `Image.download`.

        Raises:
            ValueError: The fetched document is too large, or of an unknown type; or the address, or
                one that it redirects to, is private.
            ConnectionError: The address cannot be reached, or answers with an error status.
            TimeoutError: The download took too long.
        """
        require("url", url, str, "an address, as text")
        if not download:
            return cls(source=URLDocumentSource(type="url_document_source", url=url))
        data = downloads.download(
            url, "Document", MAX_DOCUMENT_SIZE, timeout=timeout, allow_private=allow_private
        )
        suffix = PurePosixPath(urlsplit(url).path).suffix
        return cls._of(data, infer_document_type(data) or mime_type_from_extension(suffix))

    @classmethod
    def from_file_id(cls, file_id: str, *, provider: str) -> Document:
        """Refer to a document that was uploaded to a provider before; only that one can be sent it.

        Args:
            file_id: What the provider calls it: the id of Anthropic or OpenAI, Google's URI.
            provider: The provider's id, such as ``"openai"``.
        """
        return cls(source=file_source(file_id, provider))

    @classmethod
    def from_file(
        cls, file_path: str | os.PathLike[str], *, mime_type: DocumentMimeType | None = None
    ) -> Document:
        """Read a document file.

        Args:
            file_path: The file; text is read as UTF-8.
            mime_type: Its media type; told from the suffix when None. Markdown, CSV and the like
                are sent as ``text/plain``.

        Raises:
            FileNotFoundError: There is no such file.
            ValueError: The suffix, or `mime_type`, is not of a known document type, or the file is
                not text in UTF-8.
            TypeError: `file_path` is no path.
        """
        media_bytes.require_path(file_path)
        path = Path(file_path)
        with media_bytes.naming(path):
            return cls._of(path.read_bytes(), mime_type or mime_type_from_extension(path.suffix))

    @classmethod
    def from_bytes(cls, data: bytes, *, mime_type: DocumentMimeType | None = None) -> Document:
        """Take a document's bytes.

        Args:
            data: The document; text is decoded as UTF-8.
            mime_type: Its media type; only a PDF can be told without one.

        Raises:
            ValueError: No type was given and the bytes do not show one, the type is not known, or
                text is not UTF-8.
            TypeError: `data` is not bytes.
        """
        media_bytes.require_bytes(data)
        mime_type = mime_type or infer_document_type(data)
        if mime_type is None:
            raise ValueError(
                "Cannot infer document type from these bytes: only a PDF shows what it is. Pass "
                "mime_type=."
            )
        return cls._of(data, mime_type)

    @classmethod
    def _of(cls, data: bytes, mime_type: DocumentMimeType) -> Document:
        require("mime_type", mime_type, str, "a media type, such as 'text/plain'")
        if text_type := _text_type(mime_type):
            return cls(
                source=TextDocumentSource(
                    type="text_document_source", data=data.decode(), media_type=text_type
                )
            )
        if mime_type != "application/pdf":
            raise ValueError(
                f"A document is application/pdf or text of some kind, not {mime_type!r}. The kinds "
                f"of text are {', '.join(_TEXT_TYPES)}; any other text/... is sent as text/plain."
            )
        return cls(
            source=Base64DocumentSource(
                type="base64_document_source",
                data=base64.b64encode(data).decode("ascii"),
                media_type=mime_type,
            )
        )


def _text_type(mime_type: str) -> DocumentTextMimeType | None:
    """Return the media type that a text is sent with; None for what is no text.

    Vendors know no other kinds of text by their names, or refuse them.
    """
    if mime_type in _TEXT_TYPES:
        return cast("DocumentTextMimeType", mime_type)
    return "text/plain" if mime_type.startswith("text/") else None


def mime_type_from_extension(ext: str) -> DocumentMimeType:
    """Return the media type of a file suffix such as ``".pdf"``.

    Raises:
        ValueError: The suffix is not of a known document type.
    """
    try:
        return _BY_SUFFIX[ext.lower()]
    except KeyError:
        raise ValueError(
            f"Unsupported document file extension: {ext}. Known: {', '.join(_BY_SUFFIX)}."
        ) from None


def infer_document_type(data: bytes) -> DocumentBase64MimeType | None:
    """Return the media type that the first bytes of a document show, or None."""
    return "application/pdf" if data.startswith(b"%PDF") else None
