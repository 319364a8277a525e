"""A configurable tool and a toolkit of one's own."""

# model: CALL Greet {"name": "Ada"}
# prints: Good evening, Ada!
# prints: Greet
# prints: ExecutePython ExecuteShell python:3.12-slim
from typing import Any, ClassVar

from mirascope.core import openai, toolkit_tool
from mirascope.tools import (
    ConfigurableTool,
    ConfigurableToolConfig,
    ConfigurableToolKit,
    DockerOperationToolKit,
    DockerOperationToolKitConfig,
)


class GreetConfig(ConfigurableToolConfig):
    greeting: str = "Hello"


class Greet(ConfigurableTool):
    """Greet somebody."""

    __configurable_tool_config__: ClassVar[Any] = GreetConfig()

    name: str

    def call(self) -> str:
        return f"{type(self).__configurable_tool_config__.greeting}, {self.name}!"


class Greetings(ConfigurableToolKit):
    """Greetings."""

    Greet = toolkit_tool(Greet)


evening = GreetConfig(greeting="Good evening")


@openai.call("gpt-4o-mini", tools=[Greet.from_config(evening)])
def greet() -> str:
    return "Greet Ada."


print(greet().tool.call())
print(*[tool._name() for tool in Greetings(config=evening).create_tools()])
docker = DockerOperationToolKit(
    config=DockerOperationToolKitConfig(docker_image="python:3.12-slim")
)
print(*[tool._name() for tool in docker.create_tools()], docker.settings.docker_image)
