"""What answers cost: prices, and amounts by kind of token."""

from mirascope.llm.pricing.cost import Cost
from mirascope.llm.pricing.pricing import Priced, cost_of, price
from mirascope.llm.pricing.table import Price, register_prices

__all__ = ["Cost", "Price", "Priced", "cost_of", "price", "register_prices"]
