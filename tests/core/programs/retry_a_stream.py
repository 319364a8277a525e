"""A stream is retried by retrying the loop that reads it."""

# needs: tenacity
# model: ERROR
# model: The whole answer
# prints: The whole answer
import openai as sdk
from tenacity import retry, retry_if_exception_type, stop_after_attempt

from mirascope.core import openai


@openai.call("gpt-4o-mini", stream=True)
def tell() -> str:
    return "Tell me."


@retry(stop=stop_after_attempt(2), retry=retry_if_exception_type(sdk.OpenAIError))
def read() -> str:
    return "".join(chunk.content for chunk, _ in tell())


print(read())
