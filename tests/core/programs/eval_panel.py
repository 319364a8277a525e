"""An evaluation by a panel of judges from two vendors."""

# needs: anthropic
# model[openai judge]: {"score": 4, "reason": "polite"}
# model[anthropic judge]: {"score": 2, "reason": "short"}
# prints: 3 ['polite', 'short']
import asyncio
import statistics

from pydantic import BaseModel, Field

from mirascope import prompt_template
from mirascope.core import anthropic, openai


class Verdict(BaseModel):
    """A judge's verdict."""

    score: int = Field(ge=1, le=5)
    reason: str


@prompt_template("You are the {vendor} judge. How helpful is this? {text}")
async def judge(vendor: str, text: str): ...


as_openai = openai.call("gpt-4o-mini", response_model=Verdict, json_mode=True)(judge)
as_anthropic = anthropic.call("claude-3-5-sonnet-20240620", response_model=Verdict, json_mode=True)(
    judge
)


async def main() -> None:
    verdicts = await asyncio.gather(as_openai("openai", "No."), as_anthropic("anthropic", "No."))
    reasons = [verdict.reason for verdict in verdicts]
    print(statistics.mean(verdict.score for verdict in verdicts), reasons)


asyncio.run(main())
