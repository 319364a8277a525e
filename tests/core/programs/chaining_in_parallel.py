"""Parallel steps that a last one puts together."""

# model[chef]: salt
# model[ingredients]: tomato and basil
# model[salt, tomato and basil]: Tomato soup
# prints: Tomato soup
import asyncio

from mirascope import BaseDynamicConfig, prompt_template
from mirascope.core import openai


@openai.call("gpt-4o-mini")
@prompt_template("As a chef, name a spice for {dish}")
async def spice(dish: str): ...


@openai.call("gpt-4o-mini")
@prompt_template("Name two ingredients of {dish}")
async def ingredients(dish: str): ...


@openai.call("gpt-4o-mini")
@prompt_template("Cook with: {things}")
async def cook(dish: str) -> BaseDynamicConfig:
    found = await asyncio.gather(spice(dish), ingredients(dish))
    return {"computed_fields": {"things": ", ".join(each.content for each in found)}}


print(asyncio.run(cook("soup")).content)
