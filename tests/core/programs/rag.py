"""Retrieval: what was found goes into the prompt."""

# model[Tea is grown in Assam.]: In Assam.
# prints: In Assam.
from mirascope import BaseDynamicConfig, prompt_template
from mirascope.core import openai

DOCUMENTS = ["Tea is grown in Assam.", "Coffee comes from Ethiopia.", "Bread is baked."]


def retrieve(query: str, count: int) -> list[str]:
    words = set(query.lower().strip("?").split())
    return sorted(DOCUMENTS, key=lambda text: -len(words & set(text.lower().split())))[:count]


@openai.call("gpt-4o-mini")
@prompt_template(
    """
    SYSTEM:
    Answer only from these:
    {found:list}

    USER: {query}
    """
)
def answer(query: str) -> BaseDynamicConfig:
    return {"computed_fields": {"found": retrieve(query, 2)}}


print(answer("Where is tea grown?").content)
