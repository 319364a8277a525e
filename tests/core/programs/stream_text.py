"""A stream, printed as it comes."""

# model: The Name of the Wind
# prints: The Name of the Wind
# prints: 5
from mirascope.core import anthropic

# needs: anthropic


@anthropic.call("claude-3-5-sonnet-20240620", stream=True)
def recommend_book(genre: str) -> str:
    return f"Recommend a {genre} book"


stream = recommend_book("fantasy")
for chunk, _ in stream:
    print(chunk.content, end="", flush=True)
print()
print(stream.output_tokens)
