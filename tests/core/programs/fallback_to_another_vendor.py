"""Another vendor answers where one fails."""

# needs: anthropic
# model: ERROR
# model: From Claude
# prints: ['BadRequestError']
# prints: anthropic: From Claude
from anthropic import AnthropicError
from openai import OpenAIError

from mirascope.core import openai
from mirascope.retries import Fallback, FallbackError, fallback

CLAUDE: Fallback = {
    "catch": AnthropicError,
    "provider": "anthropic",
    "model": "claude-3-5-sonnet-20240620",
}


@fallback(OpenAIError, [CLAUDE])
@openai.call("gpt-4o-mini")
def ask(question: str) -> str:
    return question


try:
    response = ask("What is the meaning of life?")
    if caught := getattr(response, "_caught", None):
        print([type(error).__name__ for error in caught])
    print(f"{response.provider}: {response.content}")
except FallbackError as error:
    print(error)
