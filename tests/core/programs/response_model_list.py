"""A list of objects."""

# model: CALL list_Task {"value": [{"title": "Plan", "due": 1}, {"title": "Ship", "due": 3}]}
# prints: Plan 1
# prints: Ship 3
from pydantic import BaseModel

from mirascope.core import openai


class Task(BaseModel):
    """A task."""

    title: str
    due: int


@openai.call("gpt-4o-mini", response_model=list[Task])
def break_down(goal: str) -> str:
    return f"Break down: {goal}"


for task in break_down("a release"):
    print(task.title, task.due)
