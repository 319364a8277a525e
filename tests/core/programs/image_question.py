"""A question about a picture."""

# model[data:image/png;base64,]: A cat
# prints: A cat
from mirascope import ImagePart, Messages
from mirascope.core import openai

PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)


@openai.call("gpt-4o-mini")
def describe(image: bytes) -> Messages.Type:
    part = ImagePart(type="image", media_type="image/png", image=image, detail=None)
    return Messages.User(["What is this?", part])


print(describe(PNG).content)
