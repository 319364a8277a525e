"""Tools that share an object."""

# model: CALL shop_price {"item": "tea"}
# prints: Look up a price in EUR.
# prints: 3 EUR
from mirascope import BaseDynamicConfig, BaseToolKit
from mirascope.core import openai, toolkit_tool


class Shop(BaseToolKit):
    """A shop."""

    __namespace__ = "shop"

    currency: str

    @toolkit_tool
    def price(self, item: str) -> str:
        """Look up a price in {self.currency}."""
        return f"{len(item)} {self.currency}"


@openai.call("gpt-4o-mini")
def ask(question: str, currency: str) -> BaseDynamicConfig:
    return {
        "tools": Shop(currency=currency).create_tools(),
        "messages": [{"role": "user", "content": question}],
    }


tool = ask("What is tea?", "EUR").tool
print(tool._description())
print(tool.call())
