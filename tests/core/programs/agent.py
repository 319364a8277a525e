"""An agent that goes on until the model needs no tool."""

# model: CALL look_up {"title": "Emma"}
# model: CALL look_up {"title": "Dune"}
# model: Austen and Herbert.
# prints: (look_up Emma)
# prints: (look_up Dune)
# prints: Austen and Herbert.
# prints: 6
from pydantic import BaseModel

from mirascope import BaseDynamicConfig, BaseMessageParam, prompt_template
from mirascope.core import openai


class Librarian(BaseModel):
    history: list[BaseMessageParam | dict] = []

    def look_up(self, title: str) -> str:
        """Look up who wrote a book."""
        print(f"(look_up {title})")
        return {"Emma": "Austen", "Dune": "Herbert"}[title]

    @openai.call("gpt-4o-mini")
    @prompt_template(
        """
        SYSTEM: You are a librarian.
        MESSAGES: {self.history}
        USER: {query}
        """
    )
    def _step(self, query: str) -> BaseDynamicConfig:
        return {"tools": [self.look_up]}

    def run(self, query: str) -> str:
        response = self._step(query)
        if query:
            self.history.append(response.user_message_param)
        self.history.append(response.message_param)
        if response.tools:
            outputs = [(tool, tool.call()) for tool in response.tools]
            self.history += response.tool_message_params(outputs)
            return self.run("")
        return response.content


librarian = Librarian()
print(librarian.run("Who wrote Emma and Dune?"))
print(len(librarian.history))
