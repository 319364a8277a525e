"""Files that a provider keeps already, and what is said of files that will not do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.content import ContentPart
from mirascope.llm.content.json_form import dump, load
from mirascope.llm.messages import user
from tests.llm.providers.traffic import body_of, request
from tests.llm.wires.sides import SIDES, Side

BY_NAME = {side.wire.name: side for side in SIDES}
OWNER = {
    "chat": "openai",
    "responses": "openai",
    "messages": "anthropic",
    "generate_content": "google",
}


def image(wire: str) -> llm.Image:
    return llm.Image.from_file_id("file_1", provider=OWNER[wire])


def document(wire: str) -> llm.Document:
    return llm.Document.from_file_id("file_1", provider=OWNER[wire])


def video(wire: str) -> llm.Video:
    return llm.Video.from_file_id("file_1", provider=OWNER[wire])


SENT: list[tuple[str, Any, dict[str, Any]]] = [
    ("chat", document, {"type": "file", "file": {"file_id": "file_1"}}),
    ("responses", document, {"type": "input_file", "file_id": "file_1"}),
    ("responses", image, {"type": "input_image", "file_id": "file_1", "detail": "auto"}),
    ("messages", image, {"type": "image", "source": {"type": "file", "file_id": "file_1"}}),
    ("messages", document, {"type": "document", "source": {"type": "file", "file_id": "file_1"}}),
    ("generate_content", document, {"fileData": {"fileUri": "file_1"}}),
    ("generate_content", image, {"fileData": {"fileUri": "file_1"}}),
    ("generate_content", video, {"fileData": {"fileUri": "file_1"}}),
]


def asked(side: Side, part: Any, **params: Any) -> Any:
    return request(side.model_id, [user([part, "What is it?"])], **params)


@pytest.mark.parametrize(("wire", "make", "form"), SENT)
def test_each_wire_names_the_file_in_its_way(wire: str, make: Any, form: dict[str, Any]) -> None:
    side = BY_NAME[wire]
    question = asked(side, make(wire))
    body = body_of(side.codec, question)
    [message] = body.get("messages") or body.get("input") or body["contents"]
    assert form in (message.get("content") or message["parts"])
    [part, _] = side.read(question).messages[0].content
    if wire != "generate_content" or make is document:  # whose type only the vendor knows
        assert part == make(wire)


def test_anthropic_is_asked_for_the_beta() -> None:
    side = BY_NAME["messages"]
    mine = {"extra_headers": {"anthropic-beta": "mine-1"}}
    sent = side.codec.encode(asked(side, image("messages"), **mine))
    assert sent.headers["anthropic-beta"] == "files-api-2025-04-14,mine-1"
    assert "anthropic-beta" not in side.codec.encode(request(side.model_id)).headers


@pytest.mark.parametrize("wire", OWNER)
@pytest.mark.parametrize("make", [llm.Image, llm.Document], ids=["image", "document"])
def test_a_file_of_another_provider_is_refused(wire: str, make: Any) -> None:
    side = BY_NAME[wire]
    with pytest.raises(llm.FeatureNotSupportedError, match=r"elsewhere|no file ids"):
        side.codec.encode(asked(side, make.from_file_id("f", provider="elsewhere")))


@pytest.mark.parametrize("wire", ["cohere", "converse"])
def test_wires_without_ids_refuse_them(wire: str) -> None:
    side = BY_NAME[wire]
    model = {"cohere": "cohere/command-a-vision-07-2025"}.get(wire, side.model_id)
    part = llm.Image.from_file_id("f", provider=model.partition("/")[0])
    with pytest.raises(llm.FeatureNotSupportedError, match="from_bytes"):
        side.codec.encode(request(model, [user([part, "What is it?"])]))


def test_converse_takes_videos_without_an_id() -> None:
    part = llm.Video.from_file_id("f", provider="bedrock")
    with pytest.raises(llm.FeatureNotSupportedError, match="from_bytes"):
        body_of(BY_NAME["converse"].codec, request("bedrock/amazon.nova-lite-v1:0", [user(part)]))


@pytest.mark.parametrize(
    "part",
    [image("responses"), document("messages"), video("generate_content")],
    ids=["image", "doc", "video"],
)
def test_they_are_saved_and_read_again(part: Any) -> None:
    assert load(ContentPart, dump(ContentPart, part)) == part


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(TypeError, match="file_id"):
        llm.Image.from_file_id(7, provider="openai")  # type: ignore[arg-type]  # on purpose


@pytest.mark.parametrize(
    ("name", "read", "why"),
    [
        ("a.png", llm.Image.from_file, "Unsupported image type"),
        ("a.wav", llm.Audio.from_file, "Unsupported audio type"),
        ("a.xyz", llm.Document.from_file, "extension: .xyz"),
        ("a.txt", llm.Document.from_file, "utf-8"),
    ],
)
def test_an_error_names_the_file_and_not_where_it_is(
    tmp_path: Path, name: str, read: Any, why: str
) -> None:
    (tmp_path / name).write_bytes(b"\xff" * 20)
    with pytest.raises(ValueError, match=why) as caught:
        read(tmp_path / name)
    assert str(caught.value).startswith(f"{name}: ")
    assert str(tmp_path) not in str(caught.value)


def test_a_file_that_is_too_large_is_named(tmp_path: Path) -> None:
    (tmp_path / "big.png").write_bytes(bytes(100))
    with pytest.raises(ValueError, match=r"big\.png: Image file size \(100 bytes\) exceeds"):
        llm.Image.from_file(tmp_path / "big.png", max_size=99)
