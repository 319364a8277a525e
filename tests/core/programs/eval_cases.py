"""A table of cases, and how many of them are answered right."""

# model[2 + 2]: 4
# model[3 * 3]: 9
# model[7 - 5]: 3
# prints: 7 - 5: wanted 2, got 3
# prints: 2 of 3
from mirascope.core import openai

CASES = {"2 + 2": 4, "3 * 3": 9, "7 - 5": 2}


@openai.call("gpt-4o-mini", output_parser=lambda response: int(response.content))
def calculate(expression: str) -> str:
    return f"Calculate {expression}. Answer with the number alone."


right = 0
for expression, wanted in CASES.items():
    got = calculate(expression)
    right += got == wanted
    if got != wanted:
        print(f"{expression}: wanted {wanted}, got {got}")
print(f"{right} of {len(CASES)}")
