"""One prompt, four vendors."""

# needs: anthropic
# needs: groq
# needs: google.genai
# model: Emma
# model: Dune
# model: Ulysses
# model: Dracula
# prints: openai Emma
# prints: anthropic Dune
# prints: groq Ulysses
# prints: google Dracula
from mirascope import core, prompt_template


@prompt_template("Recommend a {genre} book")
def recommend(genre: str): ...


for vendor, model in {
    "openai": "gpt-4o-mini",
    "anthropic": "claude-3-5-sonnet-20240620",
    "groq": "llama-3.1-70b-versatile",
    "google": "gemini-1.5-flash",
}.items():
    response = getattr(core, vendor).call(model)(recommend)("good")
    print(response.provider, response.content)
