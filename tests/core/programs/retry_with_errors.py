"""A retry that tells the model what was wrong."""

# needs: tenacity
# model: CALL Name {"value": "ada"}
# model[not in upper case]: CALL Name {"value": "ADA"}
# prints: ADA
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ValidationError
from tenacity import retry, stop_after_attempt

from mirascope import prompt_template
from mirascope.core import openai
from mirascope.retries.tenacity import collect_errors


def is_upper(text: str) -> str:
    assert text.isupper(), f"{text} is not in upper case"
    return text


class Name(BaseModel):
    """A name."""

    value: Annotated[str, AfterValidator(is_upper)]


@retry(stop=stop_after_attempt(3), after=collect_errors(ValidationError))
@openai.call("gpt-4o-mini", response_model=Name)
@prompt_template(
    """
    {previous}

    Who wrote the first program?
    """
)
def who(*, errors: list[ValidationError] | None = None) -> dict:
    previous = (
        f"Previous errors: {[error.errors()[0]['msg'] for error in errors]}" if errors else ""
    )
    return {"computed_fields": {"previous": previous}}


print(who().value)
