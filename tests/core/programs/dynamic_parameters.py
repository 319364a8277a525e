"""Parameters and a client that are decided call by call."""

# model: short
# prints: short 16
from openai import OpenAI

from mirascope import BaseDynamicConfig, prompt_template
from mirascope.core import openai


@openai.call("gpt-4o-mini", call_params={"temperature": 0.2})
@prompt_template("Tell me of {topic}")
def tell(topic: str, tokens: int) -> BaseDynamicConfig:
    return {"call_params": {"max_tokens": tokens}, "client": OpenAI()}


response = tell("tea", 16)
print(response.content, response.call_kwargs["max_tokens"])
