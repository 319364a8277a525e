"""Computer use on the wires that have it, in the vendors' documented shapes, and its refusal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.messages import Message
from mirascope.llm.providers.codec import Codec
from mirascope.llm.providers.openai.computer import BLANK
from mirascope.llm.providers.openai.quirks import XAI
from mirascope.llm.providers.openai.responses import OpenAIResponsesCodec
from mirascope.llm.providers.vertex.anthropic import VertexAnthropicCodec
from tests.llm.providers.traffic import decode_events, events_of, log_of, request
from tests.llm.wires.sides import SIDES

CODECS: Mapping[str, Codec] = {side.wire.name: side.codec for side in SIDES}
BY_WIRE = {side.wire.name: side for side in SIDES}

SCREEN = llm.Image.from_bytes(b"\x89PNG\r\n\x1a\n" + bytes(4))
DATA = "iVBORw0KGgoAAAAA"


@llm.computer_tool(width=1024, height=768)
def desk(action: llm.ComputerAction) -> llm.Image:
    """Act on a desk that never changes."""
    return SCREEN


@llm.tool
def weather(city: str) -> str:
    """Say how the weather is."""
    return f"Rain in {city}."


def turn(*calls: llm.ToolCall) -> list[Message]:
    """The calls, and a screenshot for each."""
    outputs = [desk.execute(call) for call in calls]
    return [
        llm.messages.user("Look."),
        llm.messages.assistant(list(calls), model_id=None, provider_id=None),
        llm.messages.user(outputs),
    ]


def call(action: str, id: str = "call_1", **more: Any) -> llm.ToolCall:
    return llm.ToolCall(id=id, name="computer", args=json.dumps({"action": action, **more}))


def body(wire: str, model_id: str, messages: Any = "Hi.", tool: Any = desk, **params: Any) -> Any:
    asked = request(model_id, messages, tools=[weather, tool], **params)
    return json.loads(CODECS[wire].encode(asked).body)


def streamed(wire: str, model_id: str, data: bytes, tools: Any = (desk,)) -> list[Any]:
    codec = CODECS[wire]
    decoder = codec.decoder(request(model_id, tools=list(tools), stream=True))
    return log_of(decode_events(decoder, events_of(codec, [data]))).content


def sse(*events: dict[str, Any]) -> bytes:
    return b"".join(
        f"event: {event.get('type', '')}\ndata: {json.dumps(event)}\n\n".encode()
        for event in events
    )


# --- the tool


class TestTool:
    def test_it_gets_the_whole_action(self) -> None:
        seen: list[llm.ComputerAction] = []

        @llm.computer_tool()
        def act(action: llm.ComputerAction) -> str:
            seen.append(action)
            return "done"

        output = act.execute(call("left_click", coordinate=[1, 2]))
        assert (output.result, output.error) == ("done", None)
        assert seen == [{"action": "left_click", "coordinate": [1, 2]}]
        assert act({"action": "wait"}) == "done"

    def test_what_it_shows(self) -> None:
        output = desk.execute(call("screenshot"))
        assert (output.name, output.result, output.media) == ("computer", "", [SCREEN])

    def test_a_failure_is_told(self) -> None:
        @llm.computer_tool()
        def act(action: llm.ComputerAction) -> str:
            raise RuntimeError("the screen is black")

        output = act.execute(call("screenshot"))
        assert "the screen is black" in str(output.result)
        assert isinstance(output.error, llm.ToolExecutionError)

    @pytest.mark.parametrize("args", ["[]", "nonsense", "3"])
    def test_arguments_that_are_no_action(self, args: str) -> None:
        output = desk.execute(llm.ToolCall(id="c", name="computer", args=args))
        assert output.error is not None

    def test_a_method(self) -> None:
        class Machine:
            def __init__(self, name: str) -> None:
                self.name = name

            @llm.computer_tool(environment="linux")
            def act(self, action: llm.ComputerAction) -> str:
                return f"{self.name}: {action['action']}"

        tool = Machine("m1").act
        assert tool.execute(call("wait")).result == "m1: wait"
        assert tool.environment == "linux"

    def test_it_is_a_value(self) -> None:
        def act(action: llm.ComputerAction) -> str:
            return ""

        tool = llm.ComputerTool(act)
        assert tool == llm.ComputerTool(act, width=1280, height=800, environment="browser")
        assert hash(tool) == hash(llm.ComputerTool(act))
        assert tool != llm.ComputerTool(act, width=800)
        assert tool != llm.ComputerTool(act, environment="mac")
        assert tool != llm.ComputerTool(act, requires_approval=True)

    def test_wrong_settings(self) -> None:
        with pytest.raises(ValueError, match="0 by 800"):
            llm.ComputerTool(desk.fn, width=0)
        with pytest.raises(ValueError, match="environment 'amiga', only browser"):
            llm.ComputerTool(desk.fn, environment="amiga")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        with pytest.raises(TypeError, match="width takes a number of pixels, not str"):
            llm.ComputerTool(desk.fn, width="1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        with pytest.raises(ValueError, match="Multiple tools with name: computer"):
            llm.Toolkit([desk, llm.ComputerTool(desk.fn)])


# --- Anthropic


CLAUDE = ("messages", "anthropic/claude-sonnet-4-5")


class TestMessages:
    @pytest.mark.parametrize(
        ("model", "kind", "beta"),
        [
            ("claude-3-7-sonnet-latest", "computer_20250124", "computer-use-2025-01-24"),
            ("claude-sonnet-4-5", "computer_20250124", "computer-use-2025-01-24"),
            ("claude-haiku-4-5-20251001", "computer_20250124", "computer-use-2025-01-24"),
            ("claude-opus-4-1", "computer_20250124", "computer-use-2025-01-24"),
            ("claude-opus-4-5", "computer_20251124", "computer-use-2025-11-24"),
            ("claude-sonnet-4-6", "computer_20251124", "computer-use-2025-11-24"),
        ],
    )
    def test_it_is_asked_for(self, model: str, kind: str, beta: str) -> None:
        asked = request(f"anthropic/{model}", tools=[weather, desk])
        sent = CODECS["messages"].encode(asked)
        computer, function = json.loads(sent.body)["tools"]
        assert computer == {
            "type": kind,
            "name": "computer",
            "display_width_px": 1024,
            "display_height_px": 768,
        }
        assert function["name"] == "weather"
        assert sent.headers["anthropic-beta"] == beta

    def test_betas_of_the_caller_are_kept(self) -> None:
        asked = request(CLAUDE[1], tools=[desk], extra_headers={"anthropic-beta": "mine"})
        beta = CODECS["messages"].encode(asked).headers["anthropic-beta"]
        assert beta == "computer-use-2025-01-24,mine"

    def test_a_model_that_is_too_old(self) -> None:
        with pytest.raises(llm.FeatureNotSupportedError) as caught:
            body("messages", "anthropic/claude-3-5-haiku-latest")
        assert caught.value.feature == "computer use"

    def test_the_second_turn(self) -> None:
        acted = call("left_click", id="toolu_1", coordinate=[10, 20])
        assert body(*CLAUDE, turn(acted))["messages"][1:] == [
            {
                "role": "assistant",
                "content": [
                    {
                        "type": "tool_use",
                        "id": "toolu_1",
                        "name": "computer",
                        "input": {"action": "left_click", "coordinate": [10, 20]},
                    }
                ],
            },
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": "toolu_1",
                        "content": [
                            {
                                "type": "image",
                                "source": {
                                    "type": "base64",
                                    "media_type": "image/png",
                                    "data": DATA,
                                },
                            }
                        ],
                        "cache_control": {"type": "ephemeral"},
                    }
                ],
            },
        ]

    def test_a_call_is_read(self) -> None:
        used = {"type": "tool_use", "id": "toolu_1", "name": "computer"}
        data = sse(
            {"type": "message_start", "message": {"type": "message", "content": []}},
            {
                "type": "content_block_start",
                "index": 0,
                "content_block": {**used, "input": {}},
            },
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "input_json_delta", "partial_json": '{"action": "screen'},
            },
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "input_json_delta", "partial_json": 'shot"}'},
            },
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": "tool_use"}},
            {"type": "message_stop"},
        )
        shot = call("screenshot", id="toolu_1")
        assert streamed(*CLAUDE, data) == [shot]
        decoder = CODECS["messages"].decoder(request(CLAUDE[1], tools=[desk]))
        content = [{**used, "input": {"action": "screenshot"}}]
        whole = {"type": "message", "content": content, "stop_reason": "tool_use"}
        [made] = log_of(decoder.read(json.dumps(whole).encode())).tool_calls
        assert json.loads(made.args) == {"action": "screenshot"}


# --- OpenAI


CUA = ("responses", "openai/computer-use-preview")
CHECK = {"id": "cu_sc_1", "code": "malicious_instructions", "message": "Is that what you want?"}
CLICK: dict[str, Any] = {
    "type": "computer_call",
    "id": "cu_1",
    "call_id": "call_1",
    "action": {"type": "click", "button": "left", "x": 135, "y": 193},
    "pending_safety_checks": [],
    "status": "completed",
}


class TestResponses:
    def test_it_is_asked_for(self) -> None:
        sent = body(*CUA)
        assert [tool["type"] for tool in sent["tools"]] == ["function", "computer_use_preview"]
        assert sent["tools"][1] == {
            "type": "computer_use_preview",
            "display_width": 1024,
            "display_height": 768,
            "environment": "browser",
        }
        assert sent["truncation"] == "auto"

    def test_it_can_be_demanded(self) -> None:
        assert body(*CUA, tool_choice="computer")["tool_choice"] == {"type": "computer_use_preview"}

    def test_servers_that_do_not_have_it(self) -> None:
        with pytest.raises(llm.FeatureNotSupportedError) as caught:
            OpenAIResponsesCodec(XAI).encode(request("xai/grok-4", tools=[desk]))
        assert caught.value.feature == "computer use"

    def test_the_second_turn(self) -> None:
        acted = call("click", button="left", x=135, y=193)
        assert body(*CUA, turn(acted))["input"][1:] == [
            {**CLICK, "id": "cu_call_1"},
            {
                "type": "computer_call_output",
                "call_id": "call_1",
                "output": {
                    "type": "computer_screenshot",
                    "image_url": f"data:image/png;base64,{DATA}",
                },
            },
        ]

    def test_what_was_done_is_confirmed(self) -> None:
        acted = call("click", x=1, y=2, pending_safety_checks=[CHECK])
        said, answered = body(*CUA, turn(acted))["input"][1:]
        assert said["action"] == {"type": "click", "x": 1, "y": 2}
        assert said["pending_safety_checks"] == [CHECK]
        assert answered["acknowledged_safety_checks"] == [CHECK]

    def test_what_was_not_done_is_not_confirmed(self) -> None:
        acted = call("click", pending_safety_checks=[CHECK])
        error = llm.ToolExecutionError("The call was denied.")
        messages = turn(acted)
        denied: llm.ToolOutput[Any] = llm.ToolOutput(
            id="call_1", name="computer", result="The call was denied.", error=error
        )
        messages[-1] = llm.messages.user([denied, "Stop."])
        answered, told = body(*CUA, messages)["input"][2:]
        assert answered == {
            "type": "computer_call_output",
            "call_id": "call_1",
            "output": {"type": "computer_screenshot", "image_url": BLANK},
        }
        assert [part["text"] for part in told["content"]] == [
            "From the output of the tool computer:",
            "The call was denied.",
            "Stop.",
        ]

    def test_what_else_it_gave_is_said_after_all_outputs(self) -> None:
        messages = turn(call("wait"), call("screenshot", id="call_2"))
        both: llm.ToolOutput[Any] = llm.ToolOutput(
            id="call_1",
            name="computer",
            result="Done.",
            media=[SCREEN, llm.Image(source=SCREEN.source)],
        )
        shown: llm.ToolOutput[Any] = llm.ToolOutput(
            id="call_2",
            name="computer",
            result="",
            media=[llm.Image.from_file_id("file_1", provider="openai")],
        )
        messages[-1] = llm.messages.user([both, shown])
        first, second, told = body(*CUA, messages)["input"][3:]
        url = f"data:image/png;base64,{DATA}"
        assert first["output"] == {"type": "computer_screenshot", "image_url": url}
        assert second["output"] == {"type": "computer_screenshot", "file_id": "file_1"}
        assert told["content"] == [
            {"type": "input_text", "text": "From the output of the tool computer:"},
            {"type": "input_text", "text": "Done."},
            {"type": "input_image", "image_url": url, "detail": "auto"},
        ]

    def test_a_function_of_that_name_is_none(self) -> None:
        @llm.tool
        def computer(action: str) -> str:
            """Compute."""
            return ""

        sent = body(*CUA, turn(call("2+2")), tool=computer)
        assert sent["tools"][1]["type"] == "function"
        assert [item.get("type") for item in sent["input"][1:]] == [
            "function_call",
            "function_call_output",
        ]
        assert "truncation" not in sent

    @pytest.mark.parametrize("at_once", [False, True])
    def test_a_call_is_streamed(self, at_once: bool) -> None:
        begun = CLICK if at_once else {**CLICK, "action": None, "status": "in_progress"}
        data = sse(
            {"type": "response.output_item.added", "output_index": 0, "item": begun},
            {"type": "response.output_item.done", "output_index": 0, "item": CLICK},
            {
                "type": "response.completed",
                "response": {"status": "completed", "output": [CLICK]},
            },
        )
        [made] = streamed(*CUA, data)
        assert (made.id, made.name) == ("call_1", "computer")
        assert json.loads(made.args) == {"action": "click", "button": "left", "x": 135, "y": 193}

    @pytest.mark.parametrize(
        "item",
        [
            {**CLICK, "action": None},
            {**CLICK, "action": ["click"]},
            {**CLICK, "action": {"type": 5}, "pending_safety_checks": "none"},
        ],
    )
    def test_a_call_without_an_action(self, item: dict[str, Any]) -> None:
        decoder = CODECS["responses"].decoder(request(CUA[1], tools=[desk]))
        answer = log_of(decoder.read(json.dumps({"output": [item]}).encode()))
        assert [made.args for made in answer.tool_calls] == ['{"action":""}']

    def test_a_field_of_that_name_is_not_the_action(self) -> None:
        item = {**CLICK, "action": {"type": "click", "action": "wait"}}
        decoder = CODECS["responses"].decoder(request(CUA[1], tools=[desk]))
        [made] = log_of(decoder.read(json.dumps({"output": [item]}).encode())).tool_calls
        assert json.loads(made.args) == {"action": "click"}

    def test_a_whole_body_is_read_and_sent_back(self) -> None:
        warned = {**CLICK, "pending_safety_checks": [CHECK]}
        reasoning: dict[str, Any] = {"type": "reasoning", "id": "rs_1", "summary": []}
        decoder = CODECS["responses"].decoder(request(CUA[1], tools=[desk]))
        whole: dict[str, Any] = {"status": "completed", "output": [reasoning, warned]}
        answer = log_of(decoder.read(json.dumps(whole).encode()))
        [made] = answer.tool_calls
        assert json.loads(made.args)["pending_safety_checks"] == [CHECK]
        said = llm.AssistantMessage(
            content=answer.content,
            provider_id="openai",
            model_id=CUA[1],
            provider_model_name="computer-use-preview:responses",
            raw_message=answer.raw_message,
        )
        messages = [llm.messages.user("Look."), said, llm.messages.user([desk.execute(made)])]
        items = body(*CUA, messages)["input"][1:]
        assert items[:2] == [reasoning, warned]
        assert items[2]["call_id"] == "call_1"
        assert items[2]["acknowledged_safety_checks"] == [CHECK]


# --- Google


GEMINI = ("generate_content", "google/gemini-2.5-computer-use-preview-10-2025")
DECISION = {"decision": "require_confirmation", "explanation": "It may cost money."}
TYPED: dict[str, Any] = {"x": 371, "y": 470, "text": "storks", "press_enter": True}


def responded(sent: Any) -> Any:
    return sent["contents"][-1]["parts"][0]["functionResponse"]


class TestGenerateContent:
    def test_it_is_asked_for(self) -> None:
        declared, computer = body(*GEMINI)["tools"]
        assert [one["name"] for one in declared["functionDeclarations"]] == ["weather"]
        assert computer == {"computerUse": {"environment": "ENVIRONMENT_BROWSER"}}

    def test_a_name_of_the_users_is_the_users(self) -> None:
        @llm.tool
        def search(words: str) -> str:
            """Search the shelves."""
            return ""

        asked = request(GEMINI[1], tools=[search, desk])
        sent = json.loads(CODECS["generate_content"].encode(asked).body)
        assert sent["tools"][1]["computerUse"]["excludedPredefinedFunctions"] == ["search"]
        data = sse(self.answer({"name": "search", "args": {"words": "a"}, "id": "f1"}))
        assert streamed(*GEMINI, data, [search, desk]) == [
            llm.ToolCall(id="f1", name="search", args='{"words":"a"}')
        ]

    def test_only_browsers(self) -> None:
        with pytest.raises(llm.FeatureNotSupportedError) as caught:
            body(*GEMINI, tool=llm.ComputerTool(desk.fn, environment="mac"))
        assert caught.value.feature == "ComputerTool(environment=...)"

    def test_it_cannot_be_demanded_alone(self) -> None:
        with pytest.raises(llm.FeatureNotSupportedError) as caught:
            body(*GEMINI, tool_choice="computer")
        assert caught.value.feature == "tool_choice of the computer"
        config = body(*GEMINI, tool_choice="required")["toolConfig"]
        assert config == {"functionCallingConfig": {"mode": "ANY"}}

    def test_the_second_turn(self) -> None:
        acted = call("type_text_at", **TYPED)
        assert body(*GEMINI, turn(acted))["contents"][1:] == [
            {
                "role": "model",
                "parts": [
                    {"functionCall": {"id": "call_1", "name": "type_text_at", "args": TYPED}}
                ],
            },
            {
                "role": "user",
                "parts": [
                    {
                        "functionResponse": {
                            "id": "call_1",
                            "name": "type_text_at",
                            "response": {"url": ""},
                            "parts": [{"inlineData": {"mimeType": "image/png", "data": DATA}}],
                        }
                    }
                ],
            },
        ]

    @pytest.mark.parametrize(
        ("result", "response"),
        [
            ({"url": "https://a.example"}, {"url": "https://a.example"}),
            ([{"url": "https://a.example"}, "[image 1]"], {"url": "https://a.example"}),
            ("Done.", {"url": "", "output": "Done."}),
        ],
    )
    def test_the_address_of_the_page(self, result: Any, response: Any) -> None:
        messages = turn(call("go_back"))
        output: llm.ToolOutput[Any] = llm.ToolOutput(
            id="call_1", name="computer", result=result, media=[SCREEN]
        )
        messages[-1] = llm.messages.user([output])
        assert responded(body(*GEMINI, messages))["response"] == response

    def test_what_was_done_is_confirmed(self) -> None:
        acted = call("click_at", x=1, y=2, safety_decision=DECISION)
        response = responded(body(*GEMINI, turn(acted)))["response"]
        assert response == {"url": "", "safety_acknowledgement": "true"}
        messages = turn(acted)
        error = llm.ToolExecutionError("The call was denied.")
        denied: llm.ToolOutput[Any] = llm.ToolOutput(
            id="call_1", name="computer", result="The call was denied.", error=error
        )
        messages[-1] = llm.messages.user([denied])
        response = responded(body(*GEMINI, messages))["response"]
        assert response == {"url": "", "error": "The call was denied."}

    def test_ids_that_come_again(self) -> None:
        made_up = "google_unknown_tool_id"
        first, second = call("go_back", id=made_up), call("go_forward", id=made_up)
        sent = body(*GEMINI, [*turn(first), *turn(second)])
        assert responded(sent) == {
            "name": "go_forward",
            "response": {"url": ""},
            "parts": [{"inlineData": {"mimeType": "image/png", "data": DATA}}],
        }

    def answer(self, *calls: dict[str, Any]) -> dict[str, Any]:
        parts = [{"functionCall": one} for one in calls]
        content = {"role": "model", "parts": parts}
        return {"candidates": [{"content": content, "finishReason": "STOP"}]}

    def test_a_call_is_read(self) -> None:
        args = {**TYPED, "safety_decision": DECISION}
        answer = self.answer(
            {"name": "type_text_at", "args": args, "id": "f1"},
            {"name": "open_web_browser", "id": "f2"},
            {"name": "weather", "args": {"city": "Cork"}, "id": "f3"},
        )
        whole = CODECS["generate_content"].decoder(request(GEMINI[1], tools=[weather, desk]))
        log = log_of(whole.read(json.dumps(answer).encode()))
        for content in (streamed(*GEMINI, sse(answer), [weather, desk]), log.content):
            calls = [one for one in content if isinstance(one, llm.ToolCall)]
            assert [(one.id, one.name, json.loads(one.args)) for one in calls] == [
                ("f1", "computer", {"action": "type_text_at", **args}),
                ("f2", "computer", {"action": "open_web_browser"}),
                ("f3", "weather", {"city": "Cork"}),
            ]
        assert log.raw_message == answer["candidates"][0]["content"]

    def test_a_field_of_that_name_is_not_the_action(self) -> None:
        data = sse(self.answer({"name": "click_at", "args": {"action": "wait"}, "id": "f1"}))
        [made] = streamed(*GEMINI, data)
        assert json.loads(made.args) == {"action": "click_at"}

    def test_arguments_in_pieces(self) -> None:
        pieces = [{"jsonPath": "$.x", "numberValue": 3}, {"jsonPath": "$.y", "numberValue": 4}]
        calls: list[dict[str, Any]] = [
            {"name": "click_at", "id": "f1", "willContinue": True},
            {"partialArgs": pieces[:1], "willContinue": True},
            {"partialArgs": pieces[1:]},
        ]
        data = b"".join(sse(self.answer(one)) for one in calls)
        [made] = streamed(*GEMINI, data)
        assert (made.name, json.loads(made.args)) == (
            "computer",
            {"action": "click_at", "x": 3, "y": 4},
        )

    def test_without_a_computer_it_is_a_function(self) -> None:
        data = sse(self.answer({"name": "search", "id": "f1"}))
        assert streamed(*GEMINI, data, []) == [llm.ToolCall(id="f1", name="search", args="{}")]


# --- the others


@pytest.mark.parametrize("wire", ["chat", "cohere", "converse"])
def test_other_wires_refuse_it(wire: str) -> None:
    side = BY_WIRE[wire]
    with pytest.raises(llm.FeatureNotSupportedError) as caught:
        side.codec.encode(request(side.model_id, tools=[desk]))
    assert caught.value.feature == "computer use"
    assert caught.value.provider_id == side.model_id.partition("/")[0]


@pytest.mark.parametrize("wire", ["invoke", "vertex"])
def test_clouds_that_have_claude(wire: str) -> None:
    codec: Codec = VertexAnthropicCodec() if wire == "vertex" else CODECS["invoke"]
    sent = codec.encode(request("claude/claude-sonnet-4-6", tools=[desk]))
    encoded = json.loads(sent.body)
    assert encoded["tools"][0]["type"] == "computer_20251124"
    beta = encoded.get("anthropic_beta") or sent.headers["anthropic-beta"].split(",")
    assert beta == ["computer-use-2025-11-24"]


# --- both sides

HAS_IT: dict[str, tuple[str, str, dict[str, Any]]] = {
    "messages": ("anthropic/claude-sonnet-4-5", "left_click", {"coordinate": [1, 2]}),
    "responses": (
        "openai/computer-use-preview",
        "click",
        {"x": 1, "y": 2, "pending_safety_checks": [CHECK]},
    ),
    "generate_content": (
        "google/gemini-2.5-computer-use-preview-10-2025",
        "click_at",
        {"x": 1, "y": 2, "safety_decision": DECISION},
    ),
}


@pytest.mark.parametrize("wire", HAS_IT)
def test_the_servers_side_reads_it_back(wire: str) -> None:
    model_id, name, more = HAS_IT[wire]
    side = BY_WIRE[wire]
    messages = turn(call(name, **more))
    asked = side.read(request(model_id, messages, tools=[weather, desk]))
    assert sorted(tool.name for tool in asked.tools) == ["computer", "weather"]
    assert asked.server_tools == ()
    said, answered = asked.messages[1:]
    assert isinstance(said, llm.AssistantMessage)
    [acted] = said.content
    assert isinstance(acted, llm.ToolCall)
    assert (acted.name, json.loads(acted.args)) == ("computer", {"action": name, **more})
    assert isinstance(answered, llm.UserMessage)
    assert answered.content == [
        llm.ToolOutput(id=acted.id, name="computer", result="", media=[SCREEN])
    ]


class TestLoop:
    """Through the simulator, over the real encoders and decoders."""

    @pytest.mark.parametrize("stream", [False, True])
    @pytest.mark.parametrize("wire", HAS_IT)
    def test_by_hand(self, wire: str, stream: bool) -> None:
        model_id, name, more = HAS_IT[wire]
        seen: list[llm.ComputerAction] = []

        @llm.computer_tool()
        def act(action: llm.ComputerAction) -> llm.Image:
            seen.append(action)
            return SCREEN

        first = llm.testing.Turn(text="One.", tool_calls=[("computer", {"action": name, **more})])
        again = llm.testing.Turn(tool_calls=[("computer", {"action": name})])
        with llm.testing.simulate([first, again, "Done."]) as simulator:
            model = llm.model(model_id)
            if stream:
                response: Any = model.stream("Click.", tools=[act])
                response.finish()
            else:
                response = model.call("Click.", tools=[act])
            while response.tool_calls:
                assert [call.name for call in response.tool_calls] == ["computer"]
                response = response.resume(response.execute_tools())
                if stream:
                    response.finish()
        assert response.text() == "Done."
        assert seen == [{"action": name, **more}, {"action": name}]
        assert DATA in json.dumps(simulator.requests[1].body)

    @pytest.mark.parametrize("wire", HAS_IT)
    def test_run(self, wire: str) -> None:
        model_id, name, _ = HAS_IT[wire]
        script = [llm.testing.Turn(tool_calls=[("computer", {"action": name})]), "Done."]
        with llm.testing.simulate(script):
            run = llm.model(model_id).call("Click.", tools=[desk]).run()
        assert run.text() == "Done."

    @pytest.mark.parametrize("wire", HAS_IT)
    async def test_async(self, wire: str) -> None:
        model_id, name, _ = HAS_IT[wire]

        @llm.computer_tool()
        async def act(action: llm.ComputerAction) -> llm.Image:
            return SCREEN

        assert isinstance(act, llm.AsyncComputerTool)
        script = [llm.testing.Turn(tool_calls=[("computer", {"action": name})]), "Done."]
        with llm.testing.simulate(script):
            response = await llm.model(model_id).call_async("Click.", tools=[act, weather])
            while response.tool_calls:
                response = await response.resume(await response.execute_tools())
        assert response.text() == "Done."

    @pytest.mark.parametrize("wire", HAS_IT)
    def test_approval(self, wire: str) -> None:
        model_id, name, _ = HAS_IT[wire]
        tool = llm.ComputerTool(desk.fn, requires_approval=True)
        script = [llm.testing.Turn(tool_calls=[("computer", {"action": name})]), "Done."]
        with llm.testing.simulate(script):
            response = llm.model(model_id).call("Click.", tools=[tool])
            with pytest.raises(llm.ApprovalRequired):
                response.execute_tools()

    @pytest.mark.parametrize(
        ("wire", "confirmed"),
        [("responses", "acknowledged_safety_checks"), ("generate_content", "acknowledgement")],
    )
    def test_what_is_denied_is_not_confirmed(self, wire: str, confirmed: str) -> None:
        model_id, name, more = HAS_IT[wire]
        tool = llm.ComputerTool(desk.fn, requires_approval=True)
        call = llm.testing.Turn(tool_calls=[("computer", {"action": name, **more})])
        with llm.testing.simulate([call, "As you wish.", call, "Done."]) as simulator:
            for allowed in (False, True):
                response = llm.model(model_id).call("Click.", tools=[tool])
                [asked] = response.tool_calls
                if allowed:
                    response.approve(asked)
                else:
                    response.deny(asked, "Not that.")
                response.resume(response.execute_tools())
        denied, done = (json.dumps(simulator.requests[index].body) for index in (1, 3))
        assert confirmed not in denied
        assert "Not that." in denied
        assert confirmed in done

    @pytest.mark.parametrize("wire", HAS_IT)
    def test_the_simulator_can_use_it(self, wire: str) -> None:
        model_id, _, _ = HAS_IT[wire]
        seen: list[llm.ComputerAction] = []

        @llm.computer_tool()
        def act(action: llm.ComputerAction) -> llm.Image:
            seen.append(action)
            return SCREEN

        with llm.testing.simulate():
            run = llm.model(model_id).call("Click.", tools=[act]).run()
        assert run.text()
        assert [sorted(action) for action in seen] == [["action"]]
