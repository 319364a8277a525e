"""A chain whose steps stay on the response, as computed fields."""

# model: a summary
# model[a summary]: eine Zusammenfassung
# prints: eine Zusammenfassung
# prints: a summary
from mirascope import BaseDynamicConfig, prompt_template
from mirascope.core import openai


@openai.call("gpt-4o-mini")
@prompt_template("Summarize this: {text}")
def summarize(text: str): ...


@openai.call("gpt-4o-mini")
@prompt_template("Translate into {language}: {summary}")
def translate(text: str, language: str) -> BaseDynamicConfig:
    return {"computed_fields": {"summary": summarize(text)}}


response = translate("A long text", "German")
print(response.content)
print(response.dynamic_config["computed_fields"]["summary"].content)
