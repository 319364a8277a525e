"""What the vendors refuse with status 400.

The rules are those of each API reference (2026-01); the wording is ours, after the vendors' style.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mirascope._wire.json_values import JsonObject, as_number, as_object, as_objects, as_text
from mirascope.llm.content import ToolCall, ToolOutput
from mirascope.llm.messages import Message
from mirascope.llm.wires.asked import Asked
from mirascope.llm.wires.wire import InvalidRequest

__all__ = [
    "check_chat",
    "check_cohere",
    "check_converse",
    "check_generate_content",
    "check_messages",
    "check_responses",
]

_TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_GOOGLE_TOOL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}")
_URL = re.compile(r"https?://\S+|data:image/[a-z.+-]+;base64,[\w+/=-]*")
_MISTRAL = re.compile("(magi|mini|mi|code|dev|open-mi)stral|(pix|vox)tral")
"""Its models; it has another word for a call that is required."""
_CHAT_ROLES = ("system", "assistant", "user", "function", "tool", "developer")


# --- OpenAI


def check_chat(asked: Asked) -> None:
    """Raise if OpenAI refuses this on Chat Completions.

    Raises:
        InvalidRequest: It does.
    """
    for index, message in enumerate(as_objects(asked.body.get("messages"))):
        if message.get("role") not in _CHAT_ROLES:
            raise _unknown(message.get("role"), _CHAT_ROLES)
        for place, part in enumerate(as_objects(message.get("content"))):
            image = part.get("image_url")
            url = as_object(image).get("url", image)
            _check_image(part, url, f"messages[{index}].content[{place}].image_url.url")
    unanswered, stray = _unpaired(asked.messages)
    if stray:
        raise InvalidRequest(
            "Invalid parameter: messages with role 'tool' must be a response to a preceeding "
            "message with 'tool_calls'."
        )
    if unanswered:
        raise InvalidRequest(
            "An assistant message with 'tool_calls' must be followed by tool messages responding "
            "to each 'tool_call_id'. The following tool_call_ids did not have response messages: "
            f"{', '.join(unanswered)}"
        )
    functions = [as_object(tool.get("function")) for tool in as_objects(asked.body.get("tools"))]
    names = [f.get("name") for f in functions if f]
    _check_openai(asked, names, "tools[{}].function.name")


def check_responses(asked: Asked) -> None:
    """Raise if OpenAI refuses this on Responses; see `check_chat`."""
    body = asked.body
    for index, item in enumerate(as_objects(body.get("input"))):
        for place, part in enumerate(as_objects(item.get("content"))):
            _check_image(part, part.get("image_url"), f"input[{index}].content[{place}].image_url")
    if not (body.get("previous_response_id") or body.get("conversation")):
        unanswered, stray = _unpaired(asked.messages, next_turn=False)
        if unanswered:
            raise InvalidRequest(f"No tool output found for function call {unanswered[0]}.")
        if stray:
            raise InvalidRequest(
                f"No tool call found for function call output with call_id {stray[0]}."
            )
    names = [
        tool.get("name") for tool in as_objects(body.get("tools")) if tool.get("type") == "function"
    ]
    _check_openai(asked, names, "tools[{}].name")


def _check_openai(asked: Asked, names: Iterable[object], where: str) -> None:
    body = asked.body
    for index, name in enumerate(names):
        if len(as_text(name)) > 64:
            raise InvalidRequest(
                f"Invalid '{where.format(index)}': string too long. Expected a string with maximum "
                f"length 64, but got a string with length {len(as_text(name))} instead."
            )
        if not _TOOL_NAME.fullmatch(as_text(name)):
            raise InvalidRequest(
                f"Invalid '{where.format(index)}': string does not match pattern. Expected a "
                "string that matches the pattern '^[a-zA-Z0-9_-]+$'."
            )
    for limit in ("max_tokens", "max_completion_tokens", "max_output_tokens"):
        if (value := as_number(body.get(limit))) is not None and value < 1:
            raise InvalidRequest(
                f"Invalid '{limit}': integer below minimum value. Expected a value >= 1, but got "
                f"{value} instead."
            )
    for name, most in (("temperature", 2), ("top_p", 1)):
        value = as_number(body.get(name))
        if value is not None and not 0 <= value <= most:
            above = value > most
            raise InvalidRequest(
                f"Invalid '{name}': decimal {'above maximum' if above else 'below minimum'} value. "
                f"Expected a value {'<=' if above else '>='} {most if above else 0}, but got "
                f"{value} instead."
            )
    choice = body.get("tool_choice")
    also = ("any",) if _MISTRAL.match(asked.model) else ()
    if isinstance(choice, str) and choice not in ("none", "auto", "required", *also):
        raise _unknown(choice, ("none", "auto", "required"))
    named = as_text(as_object(as_object(choice).get("function")).get("name"))
    if named and named not in [tool.name for tool in asked.tools]:
        raise InvalidRequest(
            f"Invalid value for 'tool_choice': no function named '{named}' was specified in the "
            "'tools' parameter."
        )


def _check_image(part: JsonObject, url: object, where: str) -> None:
    if part.get("type") not in ("image_url", "input_image") or part.get("file_id"):
        return
    if not _URL.fullmatch(as_text(url)):
        raise InvalidRequest(
            f"Invalid '{where}'. Expected a valid URL, but got a value with an invalid format."
        )


def _unknown(value: object, known: Sequence[str]) -> InvalidRequest:
    *others, last = (f"'{word}'" for word in known)
    return InvalidRequest(
        f"Invalid value: '{value}'. Supported values are: {', '.join(others)}, and {last}."
    )


# --- Anthropic


def check_messages(asked: Asked) -> None:
    """Raise if Anthropic refuses this; see `check_chat`."""
    body = asked.body
    for index, message in enumerate(as_objects(body.get("messages"))):
        if message.get("role") not in ("user", "assistant"):
            raise InvalidRequest(f"messages.{index}.role: Input should be 'user' or 'assistant'")
        for place, block in enumerate(as_objects(message.get("content"))):
            source = as_object(block.get("source"))
            if source.get("type") == "url" and not as_text(source.get("url")).startswith("http"):
                raise InvalidRequest(
                    f"messages.{index}.content.{place}.{block.get('type')}.source.url: Only HTTPS "
                    "URLs are supported."
                )
    if as_objects(body.get("messages"))[:1] and as_objects(body["messages"])[0]["role"] != "user":
        raise InvalidRequest('messages: first message must use the "user" role')
    last = asked.messages[-1] if asked.messages else None
    if last is not None and last.role == "assistant" and last.content:
        part = last.content[-1]
        if part.type == "text" and part.text != part.text.rstrip():
            raise InvalidRequest(
                "messages: final assistant content cannot end with trailing whitespace"
            )
    unanswered, stray = _unpaired(asked.messages)
    if unanswered:
        raise InvalidRequest(
            "messages: `tool_use` ids were found without `tool_result` blocks immediately after: "
            f"{', '.join(unanswered)}. Each `tool_use` block must have a corresponding "
            "`tool_result` block in the next message."
        )
    if stray:
        raise InvalidRequest(
            f"messages: unexpected `tool_use_id` found in `tool_result` blocks: {stray[0]}. Each "
            "`tool_result` block must have a corresponding `tool_use` block in the previous "
            "message."
        )
    for index, tool in enumerate(as_objects(body.get("tools"))):
        if not _TOOL_NAME.fullmatch(as_text(tool.get("name"))):
            raise InvalidRequest(
                f"tools.{index}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{{1,64}}$'"
            )
    if (limit := as_number(body.get("max_tokens"))) is not None and limit < 1:
        raise InvalidRequest("max_tokens: Input should be greater than or equal to 1")
    temperature = as_number(body.get("temperature"))
    if temperature is not None and not 0 <= temperature <= 1:
        raise InvalidRequest("temperature: range: 0..1")
    choice = as_object(body.get("tool_choice"))
    if choice and choice.get("type") not in ("auto", "any", "tool", "none"):
        raise InvalidRequest(
            f"tool_choice: Input tag '{choice.get('type')}' found using 'type' does not match any "
            "of the expected tags: 'auto', 'any', 'tool', 'none'"
        )
    known = [*(tool.name for tool in asked.tools), *asked.server_tools]
    if choice.get("type") == "tool" and choice.get("name") not in known:
        raise InvalidRequest(f"Tool '{choice.get('name')}' not found in provided tools")


# --- Google


def check_generate_content(asked: Asked) -> None:
    """Raise if Google refuses this; see `check_chat`."""
    for content in as_objects(asked.body.get("contents")):
        if content.get("role", "user") not in ("user", "model", "function"):
            raise InvalidRequest("Please use a valid role: user, model.")
    unanswered, stray = _unpaired(asked.messages, first=False)
    if unanswered or stray:
        raise InvalidRequest(
            "Please ensure that the number of function response parts is equal to the number of "
            "function call parts of the function call turn."
        )
    for index, tool in enumerate(asked.tools):
        if not _GOOGLE_TOOL_NAME.fullmatch(tool.name):
            raise InvalidRequest(
                "* GenerateContentRequest.tools[0].function_declarations"
                f"[{index}].name: [FIELD_INVALID] Invalid function name. Must start with a letter "
                "or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots "
                "(.), colons (:), or dashes (-), with a maximum length of 64."
            )
    params = asked.params
    if params.get("max_tokens", 1) < 1:
        raise InvalidRequest(
            "* GenerateContentRequest.generation_config.max_output_tokens: max_output_tokens must "
            "be positive."
        )
    if not 0 <= params.get("temperature", 0) <= 2:
        raise InvalidRequest(
            "* GenerateContentRequest.generation_config.temperature: temperature must be in the "
            "range [0.0, 2.0]."
        )


# --- Cohere


def check_cohere(asked: Asked) -> None:
    """Raise if Cohere refuses this; see `check_chat`."""
    body = asked.body
    for index, message in enumerate(as_objects(body.get("messages"))):
        if message.get("role") not in ("system", "user", "assistant", "tool"):
            raise InvalidRequest(
                f"invalid request: messages[{index}].role must be one of 'system', 'user', "
                "'assistant' or 'tool'."
            )
    unanswered, stray = _unpaired(asked.messages)
    if unanswered:
        raise InvalidRequest(
            "invalid request: all tool calls must be followed by tool messages, found none for "
            f"{', '.join(unanswered)}."
        )
    if stray:
        raise InvalidRequest(
            f"invalid request: cannot find a tool call with id {stray[0]} in the message before."
        )
    for tool in asked.tools:
        if not _TOOL_NAME.fullmatch(tool.name):
            raise InvalidRequest(
                "invalid request: tool names can only contain letters, digits, '_' and '-'."
            )
    if asked.format is not None and (asked.tools or body.get("documents")):
        raise InvalidRequest(
            "invalid request: response_format is not supported with tools or documents."
        )
    if asked.tool_choice == "required" and not asked.tools:
        raise InvalidRequest("invalid request: tool_choice REQUIRED needs tools.")
    if asked.params.get("max_tokens", 1) < 1:
        raise InvalidRequest("invalid request: max_tokens must be greater than or equal to 1.")
    if asked.params.get("temperature", 0) < 0:
        raise InvalidRequest("invalid request: temperature must not be negative.")


# --- AWS


def check_converse(asked: Asked) -> None:
    """Raise if Bedrock refuses this on Converse; see `check_chat`."""
    body = asked.body
    messages = as_objects(body.get("messages"))
    has_calls = False
    for index, message in enumerate(messages):
        if message.get("role") != ("assistant" if index % 2 else "user"):
            raise InvalidRequest(
                "A conversation must alternate between user and assistant roles. Make sure the "
                "conversation alternates between user and assistant roles and try again."
            )
        blocks = as_objects(message.get("content"))
        if not blocks:
            raise InvalidRequest(
                f"The content field in the Message object at messages.{index} is empty. Add a "
                "ContentBlock object to the content field and try again."
            )
        for place, block in enumerate(blocks):
            # Calls of the vendor's own tools have a type, and their results are the model's turn's.
            used = "toolUse" in block and "type" not in as_object(block["toolUse"])
            has_calls = has_calls or used or ("toolResult" in block and not index % 2)
            if "text" in block and not as_text(block["text"]).strip():
                raise InvalidRequest(
                    f"The text field in the ContentBlock object at messages.{index}.content.{place}"
                    " is blank. Add text to the text field, and try again."
                )
    unanswered, stray = _unpaired(asked.messages)
    if unanswered:
        raise InvalidRequest(
            "Expected toolResult blocks after the message with the toolUse blocks for the following"
            f" Ids: {', '.join(unanswered)}"
        )
    if stray:
        raise InvalidRequest(
            "The number of toolResult blocks exceeds the number of toolUse blocks of previous turn."
        )
    tools = as_objects(as_object(body.get("toolConfig")).get("tools"))
    if has_calls and not tools:
        raise InvalidRequest(
            "The toolConfig field must be defined when using toolUse and toolResult content blocks."
        )
    for tool in asked.tools:
        if not _TOOL_NAME.fullmatch(tool.name):
            raise InvalidRequest(
                f"Value '{tool.name}' at 'toolConfig.tools.1.member.toolSpec.name' failed to "
                "satisfy constraint: Member must satisfy regular expression pattern: "
                "[a-zA-Z0-9_-]+"
            )
    if asked.params.get("max_tokens", 1) < 1:
        raise InvalidRequest(
            "Value at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have "
            "value greater than or equal to 1"
        )
    if not 0 <= asked.params.get("temperature", 0) <= 1:
        raise InvalidRequest(
            "Value at 'inferenceConfig.temperature' failed to satisfy constraint: Member must have "
            "value less than or equal to 1"
        )
    known = {"auto", "required", *(tool.name for tool in asked.tools)}
    if asked.tool_choice is not None and asked.tool_choice not in known:
        raise InvalidRequest(f"Tool '{asked.tool_choice}' not found in provided tools")


# --- calls and their outputs


def _unpaired(
    messages: Sequence[Message], *, next_turn: bool = True, first: bool = True
) -> tuple[list[str], list[str]]:
    """Return the ids of calls that nothing answers, and of outputs that answer no call.

    Args:
        messages: The conversation.
        next_turn: Whether outputs have to stand in the turn after the calls.
        first: Whether they also have to come before anything else in it.
    """
    waiting: list[str] = []
    unanswered: list[str] = []
    stray: list[str] = []

    def give_up() -> None:
        unanswered.extend(waiting)
        waiting.clear()

    for message in messages:
        if message.role == "assistant":
            if next_turn:
                give_up()
            waiting += [part.id for part in message.content if isinstance(part, ToolCall)]
        elif message.role == "user":
            for part in message.content:
                if isinstance(part, ToolOutput):
                    (waiting.remove if part.id in waiting else stray.append)(part.id)
                elif next_turn and first:
                    give_up()
    give_up()
    return unanswered, stray
