"""What a call costs."""

from .calculate_cost import Price, calculate_cost, set_prices

__all__ = ["Price", "calculate_cost", "set_prices"]
