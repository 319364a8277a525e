"""Images, audio, video and documents from bytes and files."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirascope.llm.content import (
    Audio,
    Base64DocumentSource,
    Document,
    Image,
    TextDocumentSource,
    URLDocumentSource,
    URLImageSource,
    URLVideoSource,
    Video,
)
from mirascope.llm.content.audio import MAX_AUDIO_SIZE, AudioMimeType, infer_audio_type
from mirascope.llm.content.document import (
    DocumentTextMimeType,
    infer_document_type,
    mime_type_from_extension,
)
from mirascope.llm.content.image import MAX_IMAGE_SIZE, ImageMimeType, infer_image_type
from mirascope.llm.content.video import MAX_VIDEO_SIZE, VideoMimeType, infer_video_type

IMAGES = {
    "image/jpeg": [b"\xff\xd8\xff"],
    "image/png": [b"\x89PNG\r\n\x1a\n"],
    "image/gif": [b"GIF87a", b"GIF89a"],
    "image/webp": [b"RIFF....WEBP"],
    "image/heic": [b"....ftypheic", b"....ftypheix"],
    "image/heif": [b"....ftypmif1", b"....ftypmsf1", b"....ftyphevc", b"....ftyphevx"],
}
AUDIOS = {
    "audio/wav": [b"RIFF....WAVE"],
    "audio/mp3": [b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"],
    "audio/aiff": [b"FORM....AIFF"],
    "audio/aac": [b"\xff\xf1", b"\xff\xf9"],
    "audio/ogg": [b"OggS"],
    "audio/flac": [b"fLaC"],
}
VIDEOS = {
    "video/mp4": [b"\0\0\0\x18ftypisom", b"\0\0\0\x18ftypmp42", b"\0\0\0\x18ftypM4V "],
    "video/quicktime": [
        b"\0\0\0\x14ftypqt  ",
        b"\0\0\0\x08wide",
        b"\5\0\0\0mdat",
        b"\0\1\0\0moov",
    ],
    "video/webm": [b"\x1aE\xdf\xa3\x9fB\x82\x84webm"],
    "video/x-matroska": [b"\x1aE\xdf\xa3\xa3B\x82\x88matroska"],
    "video/mpeg": [b"\0\0\1\xba", b"\0\0\1\xb3"],
    "video/avi": [b"RIFF....AVI "],
    "video/x-flv": [b"FLV\1"],
    "video/wmv": [b"0&\xb2u\x8ef\xcf\x11"],
    "video/3gpp": [b"\0\0\0\x18ftyp3gp5", b"\0\0\0\x18ftyp3g2a"],
}
MEDIA: list[tuple[Any, Callable[[bytes], str | None], dict[str, list[bytes]]]] = [
    (Image, infer_image_type, IMAGES),
    (Audio, infer_audio_type, AUDIOS),
    (Video, infer_video_type, VIDEOS),
]
KNOWN = [
    (cls, infer, mime_type, start)
    for cls, infer, starts in MEDIA
    for mime_type, list_ in starts.items()
    for start in list_
]
both = pytest.mark.parametrize("cls", [Image, Audio, Video])


def test_every_type_is_tested() -> None:
    assert set(IMAGES) == set(get_args(ImageMimeType))
    assert set(AUDIOS) == set(get_args(AudioMimeType))
    assert set(VIDEOS) == set(get_args(VideoMimeType))
    assert (MAX_IMAGE_SIZE, MAX_AUDIO_SIZE) == (20 * 1024 * 1024, 25 * 1024 * 1024)
    assert MAX_VIDEO_SIZE == 100 * 1024 * 1024


def test_no_bytes_are_of_two_kinds() -> None:
    for cls, _, _, start in KNOWN:
        data = start.ljust(16, b"\0")
        assert [other for other, infer, _ in MEDIA if infer(data)] == [cls]


@pytest.mark.parametrize(
    "data",
    [
        b"The wide river",
        b"The moov atom.",
        b"Red mdat, blue",
        b"An .ftypisom fi",
        b"\0\0\0\x18ftypM4A ",
        b"\0\0\0\x18ftypavif",
        b"FLV is a format",
    ],
)
def test_text_sound_and_stills_are_no_video(data: bytes) -> None:
    with pytest.raises(ValueError, match="Unsupported video type"):
        Video.from_bytes(data)


@pytest.mark.parametrize(("cls", "infer", "mime_type", "start"), KNOWN)
def test_the_type_shows_from_the_first_bytes(
    cls: Any, infer: Callable[[bytes], str | None], mime_type: str, start: bytes, tmp_path: Path
) -> None:
    data = start.ljust(16, b"\0")
    assert infer(data) == mime_type
    source = cls.from_bytes(data).source
    assert source.mime_type == mime_type
    assert source.type == f"base64_{cls.__name__.lower()}_source"
    assert base64.b64decode(source.data, validate=True) == data
    file = tmp_path / "file"
    file.write_bytes(data)
    assert cls.from_file(str(file)) == cls.from_file(file) == cls.from_bytes(data)


@both
def test_unknown_and_too_short(cls: Any) -> None:
    name = cls.__name__
    with pytest.raises(ValueError, match=f"Unsupported {name.lower()} type"):
        cls.from_bytes(b"\0" * 12)
    with pytest.raises(ValueError, match=f"{name} data too small to determine type"):
        cls.from_bytes(b"\xff\xd8\xff\xfb")


@both
def test_the_limit_is_checked_first(cls: Any, tmp_path: Path) -> None:
    name = cls.__name__
    with pytest.raises(ValueError, match=rf"{name} size \(13 bytes\) exceeds .*12 bytes"):
        cls.from_bytes(b"\0" * 13, max_size=12)
    file = tmp_path / "file"
    file.write_bytes(b"\0" * 13)
    with pytest.raises(ValueError, match=rf"{name} file size \(13 bytes\) exceeds .*12 bytes"):
        cls.from_file(file, max_size=12)
    with pytest.raises(ValueError, match="Unsupported"):
        cls.from_file(file, max_size=13)


@both
def test_a_file_over_the_limit_is_not_read(cls: Any, tmp_path: Path) -> None:
    file = tmp_path / "sparse"
    with file.open("wb") as handle:
        handle.truncate(2**40)  # a terabyte that takes no space
    with pytest.raises(ValueError, match="exceeds"):
        cls.from_file(file)


@both
def test_a_missing_file(cls: Any, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        cls.from_file(tmp_path / "none")


@given(data=st.binary(max_size=40))
def test_any_bytes_are_taken_or_refused_with_a_value_error(data: bytes) -> None:
    for cls, infer, _ in MEDIA:
        try:
            source = cls.from_bytes(data).source
        except ValueError:
            assert len(data) < 12 or infer(data) is None
        else:
            assert base64.b64decode(source.data) == data


def test_addresses_are_only_noted() -> None:
    assert Image.from_url("https://x.test/a") == Image(
        source=URLImageSource(type="url_image_source", url="https://x.test/a")
    )
    assert Document.from_url("https://x.test/a", download=False) == Document(
        source=URLDocumentSource(type="url_document_source", url="https://x.test/a")
    )
    assert Video.from_url("https://x.test/a") == Video(
        source=URLVideoSource(type="url_video_source", url="https://x.test/a")
    )
    assert not hasattr(Audio, "from_url")


# --- documents ----------------------------------------------------------------------------------

SUFFIXES = {
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
    ".md": "text/plain",
    ".markdown": "text/plain",
    ".rst": "text/plain",
    ".csv": "text/plain",
    ".tsv": "text/plain",
    ".log": "text/plain",
    ".yaml": "text/plain",
    ".yml": "text/plain",
    ".toml": "text/plain",
    ".ini": "text/plain",
}


@pytest.mark.parametrize(("suffix", "mime_type"), SUFFIXES.items())
def test_text_documents_from_files(suffix: str, mime_type: str, tmp_path: Path) -> None:
    file = tmp_path / f"file{suffix.upper()}"
    file.write_bytes("größe\r\n".encode())
    assert mime_type_from_extension(suffix) == mime_type
    assert Document.from_file(file) == Document(
        source=TextDocumentSource(
            type="text_document_source",
            data="größe\r\n",
            media_type=mime_type,  # type: ignore[arg-type]  # one of the literals
        )
    )


def test_a_pdf(tmp_path: Path) -> None:
    data = b"%PDF-1.7\xff"
    expected = Document(
        source=Base64DocumentSource(
            type="base64_document_source",
            data=base64.b64encode(data).decode(),
            media_type="application/pdf",
        )
    )
    file = tmp_path / "file.pdf"
    file.write_bytes(data)
    assert Document.from_file(str(file)) == expected
    assert Document.from_bytes(data) == expected
    assert infer_document_type(b"%PDF") == "application/pdf"
    assert infer_document_type(b"%PD") is None


@pytest.mark.parametrize("mime_type", get_args(DocumentTextMimeType))
def test_a_given_type_counts(mime_type: Any, tmp_path: Path) -> None:
    file = tmp_path / "file.docx"
    file.write_text("%PDF text")
    for document in (
        Document.from_file(file, mime_type=mime_type),
        Document.from_bytes(b"%PDF text", mime_type=mime_type),
    ):
        assert document.source == TextDocumentSource(
            type="text_document_source", data="%PDF text", media_type=mime_type
        )


def test_text_that_vendors_know_by_no_name_of_its_own() -> None:
    kind: Any = "text/csv"
    assert Document.from_bytes(b"a,b", mime_type=kind).source == TextDocumentSource(
        type="text_document_source", data="a,b", media_type="text/plain"
    )


@pytest.mark.parametrize("kind", ["image/png", "application/msword", "texts/plain", "text"])
def test_what_is_no_type_of_a_document(kind: Any, tmp_path: Path) -> None:
    file = tmp_path / "file.pdf"
    file.write_bytes(b"%PDF-1.7")
    with pytest.raises(ValueError, match=f"application/pdf or text .* not '{kind}'"):
        Document.from_file(file, mime_type=kind)


def test_documents_of_unknown_type(tmp_path: Path) -> None:
    file = tmp_path / "file.docx"
    file.write_bytes(b"x")
    with pytest.raises(ValueError, match=r"Unsupported document file extension: \.docx"):
        Document.from_file(file)
    with pytest.raises(ValueError, match="Cannot infer document type"):
        Document.from_bytes(b"plain text")
    with pytest.raises(UnicodeDecodeError):
        Document.from_bytes(b"\xff", mime_type="text/plain")
    with pytest.raises(FileNotFoundError):
        Document.from_file(tmp_path / "none.txt")
