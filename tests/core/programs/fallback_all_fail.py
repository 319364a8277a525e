"""All vendors fail; the error says how, and what each said is on it."""

# needs: anthropic
# model: ERROR
# model: ERROR
# prints: All 2 calls failed: BadRequestError, BadRequestError.
# prints: ['openai', 'anthropic']
import asyncio

from anthropic import AnthropicError
from openai import OpenAIError

from mirascope import retries
from mirascope.core import openai
from mirascope.retries import FallbackError


@retries.fallback(
    OpenAIError,
    [{"catch": AnthropicError, "provider": "anthropic", "model": "claude-3-5-sonnet-20240620"}],
)
@openai.call("gpt-4o-mini", stream=True)
async def ask(question: str) -> str:
    return question


async def main() -> None:
    try:
        await ask("What?")
    except FallbackError as error:
        print(error)
        print([type(each).__module__.partition(".")[0] for each in error.caught])


asyncio.run(main())
