"""The path `collect_errors` had first, and a retry with waiting, in asynchronous code."""

# needs: tenacity
# model: not a number
# model: 42
# prints: 42 after 1 error(s)
import asyncio

from tenacity import retry, stop_after_attempt, wait_exponential

from mirascope.core import openai
from mirascope.integrations.tenacity import collect_errors

counts: list[int] = []


@retry(
    stop=stop_after_attempt(3),
    wait=wait_exponential(multiplier=0.001),
    after=collect_errors(ValueError),
)
@openai.call("gpt-4o-mini", output_parser=lambda response: int(response.content))
async def number(*, errors: list[ValueError] | None = None) -> str:
    counts.append(len(errors or []))
    return "Give me a number."


print(asyncio.run(number()), f"after {counts[-1]} error(s)")
