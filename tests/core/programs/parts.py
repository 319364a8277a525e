"""A message of every part there is, as plain data."""

# prints: text image image_url audio audio_url
# prints: document document_url cache_control tool_call tool_result
# prints: True True
from typing import get_args

from mirascope import (
    AudioPart,
    AudioURLPart,
    BaseMessageParam,
    CacheControlPart,
    DocumentPart,
    DocumentURLPart,
    ImagePart,
    ImageURLPart,
    LocalProvider,
    Provider,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)

message = BaseMessageParam(
    role="user",
    content=[
        TextPart(type="text", text="Hello"),
        ImagePart(type="image", media_type="image/png", image=b"", detail="auto"),
        ImageURLPart(type="image_url", url="https://example.org/a.png", detail=None),
        AudioPart(type="audio", media_type="audio/wav", audio=b""),
        AudioURLPart(type="audio_url", url="https://example.org/a.wav"),
        DocumentPart(type="document", media_type="application/pdf", document=b""),
        DocumentURLPart(type="document_url", url="https://example.org/a.pdf"),
        CacheControlPart(type="cache_control", cache_type="ephemeral"),
        ToolCallPart(type="tool_call", name="look_up", args={"title": "Emma"}, id="1"),
        ToolResultPart(type="tool_result", name="look_up", content="Austen", id="1"),
    ],
)
kinds = [part.type for part in message.content]
print(*kinds[:5])
print(*kinds[5:])
print("openai" in get_args(Provider), "ollama" in get_args(LocalProvider))
