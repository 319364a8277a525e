"""An agent that keeps notes in a folder, and cannot leave it."""

# model: CALL WriteFile {"path": "notes.txt", "content": "buy tea"}
# model: CALL ReadFile {"path": "../secret.txt"}
# model: Done.
# prints: Wrote 7 bytes to notes.txt.
# prints: Error: ../secret.txt is outside the base directory.
# prints: Done.
# prints: buy tea
from pathlib import Path

from mirascope import Messages, tools
from mirascope.core import openai
from mirascope.tools import FileSystemToolKit, FileSystemToolKitConfig

Path("notes").mkdir()
Path("secret.txt").write_text("secret")
toolkit = FileSystemToolKit(
    base_directory=Path("notes"), config=FileSystemToolKitConfig(max_file_size=1000)
)
assert tools.FileSystemToolKit is FileSystemToolKit


@openai.call("gpt-4o-mini", tools=toolkit.create_tools())
def step(history: list) -> list:
    return [Messages.System(toolkit.usage_description()), Messages.User("Take notes."), *history]


history: list = []
while (response := step(history)).tools:
    outputs = [(tool, tool.call()) for tool in response.tools]
    for _, output in outputs:
        print(output)
    history += [response.message_param, *response.tool_message_params(outputs)]
print(response.content)
print(Path("notes/notes.txt").read_text())
