"""The integrations reached through their package."""

# needs: tenacity
# prints: True True
from mirascope.integrations import tenacity
from mirascope.retries import tenacity as newer
from mirascope.retries.tenacity import collect_errors

print(tenacity.collect_errors is collect_errors, newer.collect_errors is collect_errors)
