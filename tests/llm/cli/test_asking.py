"""``mirascope ask`` with attachments, parameters, tools, schemas in a line, retries."""

from __future__ import annotations

import base64
import io
import json
import struct
import sys
import wave
from pathlib import Path
from typing import Any

import pytest

from mirascope.llm.cli.exits import UsageError
from mirascope.llm.cli.inline_schema import inline_schema
from mirascope.llm.cli.params import read_params
from mirascope.llm.testing import Cut, Simulator, Status, Turn, TurnRequest
from tests.llm.cli.test_ask import ask, server
from tests.llm.cli.test_standard_streams import run
from tests.loopback import Reply, Server

PNG = b"\x89PNG\r\n\x1a\n" + bytes(24)
PDF = b"%PDF-1.4\n%%EOF\n"
TOOLS = '''\
from units import feet

def height(hill: str) -> str:
    """Look up how high a hill is."""
    return f"{hill}: {feet(490)} feet"

async def view(hill: str, far: bool = False) -> dict[str, object]:
    """Tell what one sees."""
    return {"sea": True, "far": far}

def _hidden() -> None: ...
'''
UNITS = "def feet(metres: float) -> int:\n    return round(metres * 3.281)\n"


def sound() -> bytes:
    with io.BytesIO() as file:
        with wave.open(file, "wb") as made:
            made.setnchannels(1)
            made.setsampwidth(2)
            made.setframerate(8000)
            made.writeframes(struct.pack("<4h", 1, 2, 3, 4))
        return file.getvalue()


def content(simulator: Simulator, request: int = 0) -> list[dict[str, Any]]:
    body: dict[str, Any] = dict(simulator.requests[request].body)
    said = body["messages"][-1]["content"]
    return said if isinstance(said, list) else [{"type": "text", "text": said}]


# --- attachments


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("photo.png", PNG, "image_url"),
        ("photo.txt", PNG, "image_url"),
        ("sound", sound(), "input_audio"),
        ("paper", PDF, "file"),
        ("notes.md", "Größe".encode(), "text/plain"),
        ("notes.pdf", b"only text", "text/plain"),
        ("no-suffix", b"\xef\xbb\xbfmarked", "text/plain"),
    ],
)
def test_what_is_attached_is_told_by_its_bytes(
    tmp_path: Path, name: str, data: bytes, kind: str
) -> None:
    (tmp_path / name).write_bytes(data)
    simulator = Simulator(["ok"])
    model = "gpt-4o-audio-preview" if kind == "input_audio" else "gpt-5-mini"
    with server(simulator) as variables:
        done = ask(
            *["What is it?", "-a", name, "-m", f"openai/{model}:completions"],
            cwd=tmp_path,
            **variables,
        )
    assert (done.returncode, done.stdout) == (0, "ok\n"), done.stderr
    question, part = content(simulator)
    assert question == {"type": "text", "text": "What is it?"}
    assert part["type"] == ("file" if kind == "text/plain" else kind)
    if kind == "image_url":
        encoded = base64.b64encode(PNG).decode()
        assert part["image_url"]["url"] == f"data:image/png;base64,{encoded}"
    if kind == "text/plain":
        encoded = base64.b64encode(data.removeprefix(b"\xef\xbb\xbf")).decode()
        assert part["file"]["file_data"] == f"data:text/plain;base64,{encoded}"


def test_a_video(tmp_path: Path) -> None:
    (tmp_path / "clip").write_bytes(b"\0\0\0\x18ftypisom\0\0\0\0")
    simulator = Simulator(["ok"])
    with server(simulator) as variables:
        done = run(
            *["ask", "What?", "-a", "clip", "-m", "qwen/qwen3-vl-plus"],
            env={**variables, "QWEN_BASE_URL": variables["OPENAI_BASE_URL"]},
            cwd=tmp_path,
        )
        refused = run(
            *["ask", "What?", "-a", "clip", "-m", "openai/gpt-5-mini"], env=variables, cwd=tmp_path
        )
    assert done.returncode == 0, done.stderr
    assert [part["type"] for part in content(simulator)] == ["text", "video_url"]
    assert refused.returncode != 0
    assert b"takes no video" in refused.stderr
    assert len(simulator.requests) == 1


def test_several_from_an_address_and_standard_input(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    simulator = Simulator(["ok"])
    with Server() as web, server(simulator) as variables:
        web.route("/image", Reply(body=PNG))
        done = run(
            *["ask", "What?", "-a", "a.txt", "-a", web.url("/image"), "-a", "-"],
            *["-m", "openai/gpt-5-mini:completions"],
            stdin=PDF,
            env=variables,
            cwd=tmp_path,
        )
    assert done.returncode == 0, done.stderr
    assert [part["type"] for part in content(simulator)] == ["text", "file", "image_url", "file"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, "No such file"),
        (b"", "it is empty"),
        (b"\x7fELF\0\0", "neither an image, audio, video, a PDF nor text"),
        (b"a\xffb", "neither an image, audio, video, a PDF nor text"),
    ],
)
def test_what_cannot_be_attached(tmp_path: Path, data: bytes | None, said: str) -> None:
    if data is not None:
        (tmp_path / "it").write_bytes(data)
    done = ask("x", "--simulate", "-a", "it", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("mirascope: --attach it: ")
    assert said in done.stderr


def test_an_address_that_fails() -> None:
    with Server() as web:
        web.route("*", Reply(status=404))
        done = ask("x", "--simulate", "-a", web.url("/gone?key=s3cret"))
    assert done.returncode == 2
    assert "404" in done.stderr


def test_standard_input_is_not_read_twice() -> None:
    done = run("ask", "--simulate", "-a", "-", stdin=PNG)
    assert done.returncode == 2
    assert b"the question has to be an argument" in done.stderr


# --- parameters


def test_parameters_have_their_types() -> None:
    simulator = Simulator(["ok"])
    with server(simulator) as variables:
        options = ["-o", "temperature", "0.5", "-o", "max_tokens", "99", "-o", "seed", "7"]
        options += ["-o", "stop_sequences", "A", "-o", "stop_sequences", "B"]
        options += ["-o", "extra_body.user", "ada", "-o", "extra_body.logprobs", "true"]
        done = ask("x", *options, "-m", "openai/gpt-4o:completions", **variables)
    assert done.returncode == 0, done.stderr
    body = simulator.requests[0].body
    assert body["temperature"] == 0.5
    assert body["seed"] == 7
    assert body["stop"] == ["A", "B"]
    assert body["user"] == "ada"
    assert body["logprobs"] is True


def test_a_level_of_thinking() -> None:
    assert read_params([("thinking", "high")]) == {"thinking": {"level": "high"}}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("temperature", "hot", "expected a number"),
        ("temperature", "nan", "temperature"),
        ("max_tokens", "1.5", "expected a whole number"),
        ("thinking", "hard", "expected one of none, default"),
        ("reasoning_effort", "high", "extra_body.reasoning_effort"),
        ("extra_body.", "x", "not known"),
    ],
)
def test_parameters_that_are_none(name: str, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_params([(name, text)])
    assert ask("x", "--simulate", "-o", name, text).returncode == 2


# --- tools


@pytest.mark.parametrize("how", [[], ["--no-stream"], ["--json"]])
def test_tools_run_and_are_shown(tmp_path: Path, how: list[str]) -> None:
    (tmp_path / "hills.py").write_text(TOOLS)
    (tmp_path / "units.py").write_text(UNITS)
    both = [("height", {"hill": "Peninha"}), ("view", {"hill": "Peninha", "far": True})]
    simulator = Simulator([Turn(text="Let me look.", tool_calls=both), "Far away."])
    with server(simulator) as variables:
        done = ask("x", "-t", str(tmp_path / "hills.py"), *how, **variables)
    assert done.returncode == 0, done.stderr
    *shown, told = done.stderr.splitlines()
    assert shown == [
        '→ height(hill="Peninha")',
        '→ view(hill="Peninha", far=true)',
        "← Peninha: 1608 feet",
        '← {"sea": true, "far": true}',
    ]
    assert told.startswith("openai/gpt-5-mini · ")
    if how == ["--json"]:
        record = json.loads(done.stdout)
        assert record["text"] == "Let me look.\nFar away."
        assert record["tool_runs"][0] == {
            "name": "height",
            "args": '{"hill": "Peninha"}',
            "result": "Peninha: 1608 feet",
            "failed": False,
        }
    else:
        assert done.stdout == "Let me look.\nFar away.\n"
    assert "units" not in {tool["name"] for tool in simulator.requests[0].body["tools"]}  # type: ignore[attr-defined]


def test_a_tool_that_fails_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("def cry(why: str) -> str:\n    raise OSError('no\\x1b[2J')\n")
    script = [Turn(tool_calls=[("cry", {"why": "x"})]), "Oh."]
    with server(Simulator(script)) as variables:
        done = ask("x", "-t", "bad.py", cwd=tmp_path, **variables)
    assert (done.returncode, done.stdout) == (0, "Oh.\n")
    assert "← failed: " in done.stderr
    assert "\x1b" not in done.stderr


APPROVED = """
from mirascope import llm
@llm.tool(requires_approval=True)
def wipe(what: str) -> str: return "wiped"
@llm.tool(requires_approval=True, name="wipe_later", description="Wipes.")
async def later(what: str) -> str: return "wiped"
@llm.tool
def look(what: str) -> str: return "looked"
"""


def test_what_is_to_be_approved_is_denied_where_nobody_is_asked(tmp_path: Path) -> None:
    (tmp_path / "wiping.py").write_text(APPROVED)
    calls = [(name, {"what": "x"}) for name in ("wipe", "wipe_later", "look")]
    with server(Simulator([Turn(tool_calls=calls), "Done."])) as variables:
        done = ask("x", "-t", "wiping.py", "--json", cwd=tmp_path, **variables)
    assert done.returncode == 0, done.stderr
    ran = {
        one["name"]: (one["failed"], "wiped" in one["result"])
        for one in json.loads(done.stdout)["tool_runs"]
    }
    assert ran == {"wipe": (True, False), "wipe_later": (True, False), "look": (False, False)}
    assert done.stderr.count("Denied, for nobody is there to ask") == 2


def test_every_call_is_asked_about(tmp_path: Path) -> None:
    (tmp_path / "hills.py").write_text(TOOLS)
    (tmp_path / "units.py").write_text(UNITS)
    call = Turn(tool_calls=[("height", {"hill": "Peninha"})])
    with server(Simulator([call, "Then not."])) as variables:
        done = ask("x", "-t", str(tmp_path / "hills.py"), "--approve", **variables)
    assert (done.returncode, done.stdout) == (0, "Then not.\n")
    assert 'nobody is there to ask: height(hill="Peninha")' in done.stderr
    assert "1608" not in done.stderr


CODE = "Here:\n\n````py\nx = 1\n```\ny = 2\n````\n\nAnd:\n\n```\nno\n```\n"


@pytest.mark.parametrize("how", [[], ["--no-stream"]])
@pytest.mark.parametrize(
    ("answer", "written"),
    [
        (CODE, "x = 1\n```\ny = 2\n"),
        ("No code.", "No code.\n"),
        ("~~~\ncut", "cut\n"),
        ("```\n```", ""),
    ],
)
def test_code_alone(answer: str, written: str, how: list[str]) -> None:
    with server(Simulator([answer])) as variables:
        done = ask("x", "-x", *how, **variables)
    assert (done.returncode, done.stdout) == (0, written)


def test_code_is_not_what_a_schema_asks_for() -> None:
    done = ask("x", "-x", "--schema", "name, age int", "--simulate")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("mirascope: --extract is for code")


def test_decorated_tools_go_before_plain_functions(tmp_path: Path) -> None:
    (tmp_path / "mixed.py").write_text(
        "from mirascope import llm\n"
        "def plain(x: int) -> int: return x\n"
        "@llm.tool\n"
        "async def made(x: int) -> int: return x + 1\n"
        "many = [plain, made]\n"
    )
    simulator = Simulator([Turn(tool_calls=[("made", {"x": 3})]), "4", "ok", "ok"])
    with server(simulator) as variables:
        done = ask("x", "-t", "mixed.py", cwd=tmp_path, **variables)
        assert "← 4" in done.stderr
        ask("x", "-t", "mixed:plain", cwd=tmp_path, **variables)
        ask("x", "-t", "mixed:many", cwd=tmp_path, **variables)
    sys.modules.pop("mixed", None)
    offered = [
        [tool["name"] for tool in one.body["tools"]]  # type: ignore[attr-defined]
        for one in simulator.requests
    ]
    assert offered == [["made"], ["made"], ["plain"], ["plain", "made"]]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import no_such_module", "No module named"),
        ("raise SystemExit(0)", "SystemExit"),
        ("1 +", "SyntaxError"),
        ("x = 1", "there are no functions"),
        ("def f(x: 'Nowhere') -> str: return ''\ndef g(*, y: open) -> str: return ''", "open"),
    ],
)
def test_files_without_tools(tmp_path: Path, code: str, said: str) -> None:
    (tmp_path / "odd.py").write_text(code)
    done = ask("x", "--simulate", "-t", "odd.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("mirascope: --tools odd.py: ")
    assert said in done.stderr
    assert ask("x", "--simulate", "-t", "no_such_thing:at_all").returncode == 2
    assert ask("x", "--simulate", "-t", "nowhere.py").returncode == 2


def test_one_name_for_two_tools(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("def f() -> str: return ''\n")
    done = ask("x", "--simulate", "-t", "one.py", "-t", "one.py", cwd=tmp_path)
    assert done.returncode == 2
    assert "more than one tool is called f" in done.stderr


def test_a_model_that_never_stops_calling(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("def f() -> str: return ''\n")

    def again(request: TurnRequest) -> Turn:
        return Turn(tool_calls=[("f", {})])

    with server(Simulator([again] * 51)) as variables:
        done = ask("x", "-t", "one.py", cwd=tmp_path, **variables)
    assert done.returncode == 1
    assert "still calls tools after 50 answers" in done.stderr


MCP_SERVER = """\
from mirascope import llm
@llm.tool
def tide(harbour: str) -> str:
    "Look up the next high water."
    return harbour + ": 04:12"
"""


def test_tools_of_an_mcp_server(tmp_path: Path) -> None:
    pytest.importorskip("mcp.client.streamable_http", reason="the extra 'mcp' is not installed")
    (tmp_path / "harbour.py").write_text(MCP_SERVER)
    command = f"{sys.executable} -m mirascope.llm.cli mcp serve harbour"
    script = [Turn(tool_calls=[("tide", {"harbour": "Cascais"})]), "At 04:12."]
    with server(Simulator(script)) as variables:
        done = run("ask", "When?", "--mcp", command, env=variables, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"At 04:12.\n"), done.stderr
    assert "← Cascais: 04:12" in done.stderr.decode()


@pytest.mark.parametrize(
    ("where", "code"), [("'unclosed", 2), ("/no/such/program", 1), ("http://127.0.0.1:1/mcp", 1)]
)
def test_mcp_servers_that_are_not_there(where: str, code: int) -> None:
    pytest.importorskip("mcp.client.streamable_http", reason="the extra 'mcp' is not installed")
    done = run("ask", "x", "--simulate", "--mcp", where)
    assert (done.returncode, done.stdout) == (code, b""), done.stderr
    assert done.stderr.startswith(b"mirascope: ")
    assert b"Traceback" not in done.stderr


# --- schemas in a line


def test_fields_in_a_line() -> None:
    assert inline_schema("name, age int: in years, tall bool ,tags list[str]") == {
        "title": "Answer",
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "age": {"type": "integer", "description": "in years"},
            "tall": {"type": "boolean"},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["name", "age", "tall", "tags"],
        "additionalProperties": False,
    }
    lines = inline_schema("\nname: first, and last\nheight float\n")
    assert lines["properties"] == {
        "name": {"type": "string", "description": "first, and last"},
        "height": {"type": "number"},
    }


@pytest.mark.parametrize("spec", ["name, age int", '{"type": "object", "properties": {"a": {}}}'])
def test_an_inline_schema(spec: str) -> None:
    done = ask("x", "--simulate", "--schema", spec)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout).keys() == ({"a"} if spec[0] == "{" else {"name", "age"})


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("name, age years", "'years' is no type"),
        ("name, na me str", "is no field"),
        ("name, name", "more than one field called name"),
        ("{oops}", "--schema: "),
        (", ,", "there is no field in it"),
    ],
)
def test_schemas_in_a_line_that_are_none(spec: str, said: str) -> None:
    done = ask("x", "--simulate", "--schema", spec)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_schema_and_tools(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("def age_of(name: str) -> int: return 42\n")
    script = [Turn(tool_calls=[("age_of", {"name": "Ada"})]), Turn(json={"name": "Ada", "age": 42})]
    with server(Simulator(script)) as variables:
        done = ask("x", "-t", "one.py", "--schema", "name, age int", cwd=tmp_path, **variables)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"name": "Ada", "age": 42}


# --- everything as JSON


def test_all_that_is_known_as_json() -> None:
    done = ask("x", "--simulate", "--json", "--thoughts", "-m", "google/gemini-2.5-flash")
    record = json.loads(done.stdout)
    assert (record["model"], record["question"]) == ("google/gemini-2.5-flash", "x")
    assert (record["state"], record["error"]) == ("complete", None)
    assert record["text"].startswith("You said “x”.")
    assert record["usage"]["output_tokens"] > 0
    assert record["thoughts"]
    value = json.loads(ask("x", "--simulate", "--json", "--schema", "name, age int").stdout)
    assert value["value"].keys() == {"name", "age"}


def test_what_it_cost() -> None:
    pytest.importorskip("genai_prices", reason="the extra 'prices' is not installed")
    done = ask("x", "--simulate", "--cost", "--json", "-m", "openai/gpt-5-mini")
    cost = json.loads(done.stdout)["cost"]
    assert cost.endswith(" USD")
    assert f" out · {cost} · " in done.stderr
    assert "cost unknown" in ask("x", "--simulate", "--cost", "-m", "openai/nobody-knows").stderr
    assert json.loads(ask("x", "--simulate", "--json").stdout)["cost"] is None


# --- ways to it


def test_an_answer_that_breaks_off_goes_on() -> None:
    def rest(request: TurnRequest) -> str:
        return "Peninha one sees the sea, and more."

    broken = Turn(text="From Peninha one sees the sea.", fault=Cut())
    simulator = Simulator([broken, rest])
    with server(simulator) as variables:
        done = ask("x", "--retry", "1", **variables)
    assert (done.returncode, done.stdout) == (0, "From Peninha one sees the sea, and more.\n")
    assert len(simulator.requests) == 2


def test_an_object_that_begins_again_is_written_once() -> None:
    broken = Turn(json={"name": "Ada", "age": 41}, fault=Cut())
    simulator = Simulator([broken, Turn(json={"name": "Bea", "age": 42})])
    with server(simulator) as variables:
        done = ask("x", "--schema", "name, age int", "--retry", "1", **variables)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"name": "Bea", "age": 42}


def test_another_model_is_asked() -> None:
    simulator = Simulator([Turn(fault=Status(500)), "From the other."])
    with server(simulator) as variables:
        done = ask("x", "--fallback", "openai/gpt-5", **variables)
    assert (done.returncode, done.stdout) == (0, "From the other.\n")
    assert done.stderr.startswith("openai/gpt-5 · ")
    assert ask("x", "--simulate", "--fallback", "nonsense").returncode == 2


def test_nothing_is_asked_again_unless_told_to() -> None:
    simulator = Simulator([Turn(fault=Status(500)), "never"])
    with server(simulator) as variables:
        assert ask("x", **variables).returncode == 1
    assert len(simulator.requests) == 1


def test_a_limit_of_time() -> None:
    with Server() as silent:
        silent.route("*", Reply(stall="before headers"))
        where = {"OPENAI_BASE_URL": silent.url("/v1"), "OPENAI_API_KEY": "k"}
        done = ask("x", "--timeout", "0.2", **where)
    assert done.returncode == 1
    assert "TimeoutError" in done.stderr
