"""The programs in examples/first_day do what they say, over real sockets, as a user runs them.

A vendor is a server on this machine, found through the variable that every vendor has for its
address, and answers what the test's script says; so the programs know nothing of the tests.
"""

from __future__ import annotations

import ast
import asyncio
import csv
import inspect
import io
import json
import multiprocessing
import os
import re
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TypeAlias
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient

from mirascope import llm
from mirascope.llm.testing import (
    Cut,
    ScriptedTurn,
    Simulator,
    Stall,
    Status,
    Turn,
    TurnRequest,
)
from mirascope.llm.transport import memory
from mirascope.llm.transport.http import HttpRequest
from tests.loopback import Exchange, Server, refused_port

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "examples" / "first_day"
PROGRAMS = sorted(path.stem for path in FOLDER.iterdir() if path.suffix in (".py", ".ipynb"))
ADDRESSES = {"OPENAI": "/v1", "ANTHROPIC": "", "GOOGLE_GEMINI": "", "MISTRAL": "/v1"}
KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "MISTRAL_API_KEY")


Answers: TypeAlias = "Sequence[ScriptedTurn] | Callable[[TurnRequest], str | Turn]"
"""What vendors say: turns in the order of the requests, or a function of each."""


class Vendor:
    """All vendors in one server: it says what it is told to, and sees who leaves."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._simulator = Simulator([])
        server.route("*", self.answer)

    def says(self, answers: Answers) -> None:
        self._simulator = Simulator([answers] * 1000 if callable(answers) else answers)

    @property
    def bodies(self) -> list[str]:
        """What was asked so far, in order."""
        return [request.body.decode() for request in self.server.requests]

    def answer(self, exchange: Exchange) -> None:
        received = exchange.request
        assert received.method == "POST"
        reply = self._simulator.handle(
            HttpRequest(url=received.target, headers=received.headers, body=received.body)
        )
        if reply.pause is not None:
            _pause(exchange, reply.pause)
        exchange.head(reply.status, {**reply.headers, "transfer-encoding": "chunked"})
        for step in reply.chunks:
            if isinstance(step, bytes):
                exchange.chunk(step)
            elif isinstance(step, memory.Pause):
                _pause(exchange, step)
            else:
                return
        exchange.end()


def _pause(exchange: Exchange, pause: memory.Pause) -> None:
    if pause.seconds == float("inf"):
        exchange.stall()
    else:
        exchange.sleep(pause.seconds)


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    with Server() as server:
        for name, path in ADDRESSES.items():
            monkeypatch.setenv(f"{name}_BASE_URL", server.url(path))
        for name in KEYS:
            monkeypatch.setenv(name, "sk-first-day")
        monkeypatch.setenv("MY_SERVER", server.url("/v1"))
        monkeypatch.setenv("COLUMNS", "100")
        yield Vendor(server)


def quiet_sleep(seconds: float) -> None:
    """Wait for nothing: what `time.sleep` is to programs that wait before they try again."""


NEEDS_FORK = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(),
    reason="workers that are not forked do not inherit the simulator",
)
QUESTION = {"question": "Where is the buoy?"}
ENDLESS = Turn(text="on and " * 1000, fault=Stall(10_000))
"""Says something, and then nothing more, without hanging up."""


# --- programs that run to their end, in this process


@dataclass(frozen=True, kw_only=True)
class Run:
    """A program, what the vendors answer, and what it makes of it."""

    program: str
    says: Answers
    prints: str
    stdin: str = ""
    asks: Sequence[str] = ()
    """What is in each request's body, as far as it matters."""


def berth(name: str) -> Turn:
    return Turn(tool_calls=[("length_of", {"berth": name})])


def moods(request: TurnRequest) -> Turn:
    billing = "twice" in request.question
    if "feel" in request.question:
        return Turn(json="angry" if billing else "neutral")
    return Turn(json="billing" if billing else "repairs")


RUNS = [
    Run(
        program="chat",
        stdin="When is high water?\nAnd low water?\n\n",
        says=["At 04:12.", "Six hours later."],
        prints="> At 04:12.\n> Six hours later.\n> You asked 2 questions. Fair winds!\n",
        asks=["harbour pilot", "At 04:12."],
    ),
    Run(
        program="agent_with_failing_tools",
        says=[berth("A9"), berth("A1"), "Yes, A1 has 12 m."],
        prints=(
            '[turn 1] length_of {"berth":"A9"} -> no berth \'A9\'; there are A1, B7\n'
            '[turn 2] length_of {"berth":"A1"} -> 12.0\n'
            "Yes, A1 has 12 m.\n"
        ),
        asks=["pier A", "no berth 'A9'", "12.0"],
    ),
    Run(
        program="switch_models",
        says=["Yes.", "No: the swell is high.", "Better."],
        prints=(
            "openai/gpt-5-mini: Yes.\n"
            "anthropic/claude-sonnet-4-5: No: the swell is high.\n"
            "anthropic/claude-sonnet-4-5: Better.\n"
            "['openai/gpt-5-mini', 'anthropic/claude-sonnet-4-5', 'anthropic/claude-sonnet-4-5']\n"
        ),
        asks=["gpt-5-mini", "Yes.", "And tomorrow?"],
    ),
    Run(
        program="own_provider",
        says=[],
        prints=(
            "High water in Lagos is at 03:40. \n"
            "High water in Cascais is at 04:12. \n"
            "No answer: no port that is in the table\n"
        ),
    ),
    Run(
        program="retry_by_hand",
        says=[
            Turn(fault=Status(429, retry_after=0.1)),
            Turn(text="Half of it", fault=Cut()),
            Turn(fault=Status(529)),
            "Fair.",
        ],
        prints=(
            "RateLimitError: trying again in 0.1 s\n"
            "StreamTruncatedError: trying again in N s\n"
            "ServerError: trying again in N s\n"
            "Fair.\n"
        ),
    ),
    Run(
        program="tool_calls_live",
        says=[
            Turn(
                tool_calls=[
                    ("send_note", {"to": "Ada", "text": "At four."}),
                    ("send_note", {"to": "Tom", "text": "At four!"}),
                ]
            ),
            "They know.",
        ],
        prints=(
            'send_note {"to": "Ada", "text": "At four."} -> delivered to Ada (8 characters)\n'
            'send_note {"to": "Tom", "text": "At four!"} -> delivered to Tom (8 characters)\n'
            "They know.\n"
        ),
        asks=["high water", "delivered to Tom"],
    ),
    Run(
        program="dependencies",
        says=[
            Turn(tool_calls=[("book", {"berth": "C3"})]),
            Turn(tool_calls=[("my_bookings", {})]),
            "You have A1 and C3.",
        ],
        prints="You have A1 and C3.\n[('Ada', 'A1'), ('Ada', 'C3'), ('Tom', 'B7')]\n",
        asks=["You serve Ada.", "C3 is yours", "A1"],
    ),
    Run(
        program="classify",
        says=moods,
        prints=(
            "call back at once: You charged me twice!\n"
            "repairs (neutral): My mast is bent, can you help?\n"
        ),
    ),
    Run(
        program="cost_totals",
        says=[Turn(text="bom dia", usage=llm.Usage(input_tokens=1000, output_tokens=100))] * 4,
        prints=(
            "openai/gpt-5-mini: 2200 tokens, 0.000900 $\n"
            "anthropic/claude-sonnet-4-5: 2200 tokens, 0.009000 $\n"
            "together: 0.009900 $\n"
        ),
    ),
    Run(
        program="retrieval",
        says=["Channel 9 [1]."],
        prints="Channel 9 [1].\n",
        asks=["[1] Visitors berth at pier C; call the harbour office on channel 9 first."],
    ),
    Run(
        program="error_table",
        says=[
            Turn(fault=Status(429)),
            "Four metres.",
            Turn(text="Two metres, or", fault=Cut(clean=True)),
        ],
        prints=(
            "Where is the buoy? Too many questions; wait a little. (0 characters arrived)\n"
            "How deep is it there? Four metres.\n"
            "And at low water? The answer broke off; ask for the rest. (N characters arrived)\n"
        ),
    ),
    Run(
        program="router",
        says=[
            "I cannot say.",
            Turn(json={"text": "Perhaps.", "confidence": 0.5}),
            Turn(json={"text": "No, it is a reserve.", "confidence": 0.9}),
        ],
        prints=(
            "openai/gpt-5-nano: ParseError\n"
            "openai/gpt-5-mini: 50% sure\n"
            "anthropic/claude-opus-4-1: 90% sure\n"
            "anthropic/claude-opus-4-1: No, it is a reserve.\n"
        ),
        asks=["gpt-5-nano", "gpt-5-mini", "claude-opus-4-1"],
    ),
    Run(
        program="bot_class",
        says=["Polly.", "My name.", "Jack."],
        prints="Polly.\nMy name.\nJack.\n4 2\n",
        asks=["You are Polly", "What is your name?", "You are Jack"],
    ),
    Run(
        program="log_and_cache",
        says=["Four metres.", "Nine metres."],
        prints="Four metres.\nFour metres.\nNine metres.\n",
    ),
    Run(
        program="own_server",
        says=["A model of my own."],
        prints="A model of my own.\n[mine/qwen3-8b: Usage(...)]\n",
        asks=['"repetition_penalty":1.1'],
    ),
]


def run(program: str, *arguments: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", [program, *arguments])
        runpy.run_path(str(FOLDER / f"{program}.py"), run_name="__main__")


def without_chance(printed: str) -> str:
    """Take out what differs between runs."""
    printed = re.sub(r"Usage\(.*\)", "Usage(...)", printed)
    printed = re.sub(r"\((?!0 )\d+ characters arrived", "(N characters arrived", printed)
    return re.sub(r"(?<!RateLimitError: trying again in )\d\.\d s$", "N s", printed, flags=re.M)


@pytest.mark.parametrize("case", RUNS, ids=lambda case: case.program)
def test_program(
    case: Run, vendor: Vendor, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor.says(case.says)
    monkeypatch.setattr("sys.stdin", io.StringIO(case.stdin))
    monkeypatch.setattr("time.sleep", quiet_sleep)
    run(case.program)
    assert without_chance(capsys.readouterr().out) == case.prints
    assert callable(case.says) or len(vendor.bodies) == len(case.says)
    for asked, body in zip(case.asks, vendor.bodies, strict=False):
        assert asked in body


def test_a_question_that_failed_is_not_in_the_history(
    vendor: Vendor, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor.says([Turn(fault=Status(503, message="Full up.")), "At 04:12."])
    monkeypatch.setattr("sys.stdin", io.StringIO("First?\nSecond?\n"))
    run("chat")
    printed = capsys.readouterr().out
    assert "Full up.)" in printed
    assert printed.endswith("> At 04:12.\n> You asked 1 questions. Fair winds!\n")
    assert "First?" not in vendor.bodies[1]


def test_an_agent_that_goes_round_in_circles_stops(
    vendor: Vendor, capsys: pytest.CaptureFixture[str]
) -> None:
    vendor.says([berth("A9")] * 6)
    run("agent_with_failing_tools")
    printed = capsys.readouterr().out
    assert printed.count("no berth 'A9'") == 5
    assert printed.endswith("No answer in 5 turns.\n")


def test_extraction_table(vendor: Vendor, capsys: pytest.CaptureFixture[str]) -> None:
    boats = [
        {"name": "Aurora", "metres": 12, "crew": [{"name": "Ada Boyd", "skipper": True}]},
        {"name": "Petrel", "metres": 9, "crew": [{"name": "Grace Ito", "skipper": True}]},
    ]
    vendor.says([Turn(json={"boats": boats}, chunk_size=7)])
    run("extraction_table")
    printed = capsys.readouterr().out
    assert re.search(r"Petrel +│ 9 m +│ Grace Ito", printed)
    assert printed.endswith("2 boats, skippers: Ada Boyd, Grace Ito\n")


def test_the_table_can_show_every_step_of_an_extraction() -> None:
    program = module("extraction_table")
    text = '{"boats": [{"name": "Aurora", "metres": 12, "crew": [{"name": "Ada"}]}, {"na'
    with llm.testing.simulate([Turn(text=text, chunk_size=1, fault=Cut(clean=True))]):
        response = program.arrivals.stream("...")
        rows: list[int] = []
        with suppress(llm.StreamTruncatedError):
            for partial in response.structured_stream():
                rows.append(program.as_table(partial).row_count)
    assert sorted(set(rows)) == [0, 1]


def test_images_and_documents(vendor: Vendor, capsys: pytest.CaptureFixture[str]) -> None:
    vendor.says(["Yes.", "Safety."])
    run("images_and_documents")
    assert capsys.readouterr().out == "Yes.\nSafety.\n"
    seen, read = (json.loads(body)["messages"][0]["content"] for body in vendor.bodies)
    assert [part["type"] for part in seen] == ["text", "image", "text", "image"]
    assert seen[1]["source"]["media_type"] == "image/png"
    assert seen[3]["source"] == {"type": "url", "url": "https://example.com/chart.png"}
    assert [part["type"] for part in read] == ["text", "document", "document"]
    assert read[1]["source"]["data"].startswith("Keep to starboard")
    assert read[2]["source"]["data"] == "No anchoring east of the buoy."


def test_two_hundred_streams(vendor: Vendor, capsys: pytest.CaptureFixture[str]) -> None:
    def greet(request: TurnRequest) -> str | Turn:
        number = int(re.findall(r"\d+", request.question)[0])
        return Turn(fault=Status(429)) if number % 50 == 0 else f"Hello, number {number}!"

    vendor.says(greet)
    run("two_hundred_streams")
    printed = capsys.readouterr().out
    assert printed.startswith("complete: 196\nRateLimitError: 4\nmedian time")
    assert len(vendor.bodies) == 200


def test_thread_pool(vendor: Vendor, capsys: pytest.CaptureFixture[str]) -> None:
    vendor.says(lambda request: Turn(text=f"<{request.question}>", chunk_size=4))
    run("thread_pool")
    lines = capsys.readouterr().out.splitlines()
    assert sorted(line.split(":")[0] for line in lines) == sorted(module("thread_pool").PORTS)
    for line in lines:
        port = line.split(":")[0]
        assert f"<Describe the port of {port} in a sentence.>" in line


def test_save_and_load(vendor: Vendor, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    passages = [
        {"start": "Cascais", "finish": "Sines", "miles": 52},
        {"start": "Cascais", "finish": "Lagos", "miles": 110},
    ]
    vendor.says([Turn(json=passage) for passage in passages])
    file = str(tmp_path / "passage.json")
    run("save_and_load", file)
    assert capsys.readouterr().out == "planned: start='Cascais' finish='Sines' miles=52\n"
    run("save_and_load", file)
    loaded, resumed = capsys.readouterr().out.splitlines()
    assert loaded.startswith("we had: start='Cascais' finish='Sines' miles=52 Usage(")
    assert resumed == "now: start='Cascais' finish='Lagos' miles=110"
    assert "A little further?" in vendor.bodies[1]


def test_own_server_that_is_not_running(
    vendor: Vendor, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    port = refused_port()
    monkeypatch.setenv("MY_SERVER", f"http://127.0.0.1:{port}/v1")
    with pytest.raises(SystemExit, match=f"Is the server running.*127.0.0.1:{port}"):
        run("own_server")


def test_no_vendors_key_goes_to_the_own_server(vendor: Vendor) -> None:
    vendor.says(["Hello."])
    run("own_server")
    assert "sk-first-day" not in str(vendor.server.requests[0].headers)


def test_cancelling(vendor: Vendor, capsys: pytest.CaptureFixture[str]) -> None:
    def tell(request: TurnRequest) -> str | Turn:
        if "race" in request.question and request.wire == "responses":
            return "It was won."
        return ENDLESS

    vendor.says(tell)
    run("cancelling")
    lighthouse, ferry, race = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"0.5 s are over: cancelled, \d+ characters", lighthouse)
    assert ferry == "cancelled"
    assert race == "openai/gpt-5-mini was first: It was won."
    for request in vendor.server.requests:
        if "a race" not in request.body.decode() or "claude" in request.body.decode():
            request.wait_disconnected()


def test_thoughts_apart(vendor: Vendor, capsys: pytest.CaptureFixture[str]) -> None:
    vendor.says([Turn(thoughts="Not a door ...", text="A piano.")])
    run("thoughts_apart")
    printed = capsys.readouterr()
    assert printed.out == "A piano.\n"
    assert printed.err == "Not a door ...\n1 thought, 1 text\n"


def test_parallel_tools(vendor: Vendor, capsys: pytest.CaptureFixture[str]) -> None:
    calls = [("wind", {"place": "Cascais"}), ("waves", {"place": "Sines"})]
    vendor.says([Turn(tool_calls=calls), "Breezy."])
    run("parallel_tools")
    printed = capsys.readouterr().out
    began = ["the wind in Cascais ...", "the waves in Sines ..."]
    assert printed.splitlines()[:2] == began
    assert re.search(r"^\[2 calls in \d+\.\d s\]\nBreezy\.$", printed, re.M)
    assert vendor.bodies[1].index("4 Beaufort") < vendor.bodies[1].index("Sines: 1.2 m")


def test_few_shot(vendor: Vendor, capsys: pytest.CaptureFixture[str]) -> None:
    vendor.says(["mayday"])
    run("few_shot")
    assert capsys.readouterr().out.endswith("\nmayday\n")
    body = json.loads(vendor.bodies[0])
    assert [message["role"] for message in body["messages"]] == ["user", "assistant"] * 3 + ["user"]
    assert "One word." in str(body["system"])


def test_csv_batch(vendor: Vendor, capsys: pytest.CaptureFixture[str]) -> None:
    gate, three = threading.Lock(), threading.Barrier(3, timeout=30)
    now, most = 0, 0

    def rate(request: TurnRequest) -> str | Turn:
        if "Perfect" in request.question:
            return Turn(json={"stars": 6, "topic": "all"})
        return Turn(json={"stars": 4, "topic": "berths"})

    vendor.says(rate)

    def counted(exchange: Exchange) -> None:
        nonlocal now, most
        with gate:
            now += 1
            most = max(most, now)
        three.wait()
        with gate:
            now -= 1
        vendor.answer(exchange)

    vendor.server.route("*", counted)
    run("csv_batch")
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["id"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert rows[2]["review"] == "Fair price.\nShowers cold, though."
    assert [row["stars"] for row in rows] == ["4", "4", "4", "", "4", "4"]
    assert rows[3]["error"] == "ParseError"
    assert most == 3


def test_side_by_side(
    vendor: Vendor, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MISTRAL_API_KEY")
    monkeypatch.delenv("MISTRAL_BASE_URL")  # a server of one's own would need no key
    vendor.says(lambda request: f"It is {request.wire}!")
    run("side_by_side")
    printed = capsys.readouterr().out
    for wire in ("responses", "messages", "generate_content"):
        assert f"It is {wire}!" in printed
    assert "MISTRAL_API_KEY" in printed
    assert len(vendor.bodies) == 3


def test_log_and_cache_says_what_it_asked(vendor: Vendor, caplog: pytest.LogCaptureFixture) -> None:
    vendor.says(["Four metres.", Turn(fault=Status(500))])
    with pytest.raises(llm.ServerError):
        run("log_and_cache")
    said = [re.sub(r"in \d+\.\d s", "", message) for message in caplog.messages]
    assert said == [
        "openai/gpt-5-mini answered ",
        "from the cache",
        "openai/gpt-5-mini failed: ServerError",
    ]


# --- programs with a process of their own


def start(program: str, *arguments: str, stdin: int | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(FOLDER / f"{program}.py"), *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def test_ctrl_c(vendor: Vendor) -> None:
    vendor.says([ENDLESS, "The moon does it."])
    with start("ctrl_c") as process:
        assert process.stdout is not None
        first = os.read(process.stdout.fileno(), 100).decode()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    broken_off, rest, messages = (first + out).splitlines()
    assert re.fullmatch(r"on (and on )*(and )?\.\.\. \[cancelled\]", broken_off)
    assert (rest, messages) == ("The moon does it. [complete]", "4 messages")
    vendor.server.wait_requests(1)[0].wait_disconnected()


def test_worker_processes(vendor: Vendor) -> None:
    def summarise(request: TurnRequest) -> str:
        return "Mind it!" if "three words" in request.question else request.question[-12:]

    vendor.says(summarise)
    with start("worker_processes") as process:
        out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    assert out == (
        "y has moved. -> Mind it! [4 messages]\n"
        "ight is out. -> Mind it! [4 messages]\n"
        "was dredged. -> Mind it! [4 messages]\n"
    )


@pytest.mark.parametrize(
    ("turn", "code", "out", "err"),
    [
        (Turn(text="Looks good."), 0, "Looks good.\n", ""),
        (Turn(fault=Status(401, message="Not your key.")), 1, "", "Not your key."),
    ],
    ids=["whole", "refused"],
)
def test_pipe(vendor: Vendor, turn: Turn, code: int, out: str, err: str) -> None:
    vendor.says([turn])
    with start("pipe", "Review", "this.") as process:
        printed, said = process.communicate("- a\n+ ä\n")
    assert (process.returncode, printed) == (code, out)
    assert err in said
    assert "Traceback" not in said
    assert json.loads(vendor.bodies[0])["input"][-1]["content"] == "- a\n+ ä\n"


def test_pipe_without_an_instruction(vendor: Vendor) -> None:
    with start("pipe") as process:
        printed, said = process.communicate("")
    assert (process.returncode, printed, said[:6]) == (2, "", "usage:")
    assert vendor.bodies == []


@pytest.mark.parametrize(
    ("program", "printed"),
    [
        ("pipe", "simulated model"),
        pytest.param("worker_processes", "[4 messages]", marks=NEEDS_FORK),
    ],
)
def test_without_a_key(program: str, printed: str) -> None:
    """As the table says: the simulator answers, in worker processes too."""
    command = [sys.executable, str(FOLDER.parent / "run.py"), f"first_day/{program}", "Be brief."]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, env=environment, input="x", capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert printed in done.stdout


def test_my_code() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    file = FOLDER / "test_my_code.py"
    done = subprocess.run([*command, str(file)], cwd=FOLDER, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "6 passed" in done.stdout


# --- programs that serve


def module(program: str) -> ModuleType:
    return import_module(f"examples.first_day.{program}")


@contextmanager
def served(program: str) -> Iterator[str]:
    """Serve a program's app with uvicorn, as it does itself, and give its address."""
    config = uvicorn.Config(module(program).app, host="127.0.0.1", port=0, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def test_fastapi_stream(vendor: Vendor) -> None:
    vendor.says(["Off the\npier.", "Ça va.", Turn(text="It is off the pier.", fault=Cut())])
    with served("fastapi_stream") as address, httpx.Client(base_url=address) as client:
        events = client.get("/events", params=QUESTION)
        assert events.headers["content-type"].startswith("text/event-stream")
        *pieces, done, _ = events.text.split("\n\n")
        texts = [json.loads(piece.removeprefix("data: ")) for piece in pieces]
        assert "".join(texts) == "Off the\npier."
        assert done == "event: done\ndata: {}"
        assert client.get("/plain", params=QUESTION).text == "Ça va."
        broken = client.get("/events", params=QUESTION).text
        assert broken.endswith('event: error\ndata: "StreamTruncatedError"\n\n')


@pytest.mark.parametrize("path", ["/events", "/plain"])
def test_fastapi_stream_stops_when_the_client_leaves(vendor: Vendor, path: str) -> None:
    vendor.says([ENDLESS])
    with served("fastapi_stream") as address:
        with httpx.stream("GET", f"{address}{path}", params=QUESTION) as response:
            assert next(response.iter_raw())
        vendor.server.wait_requests(1)[0].wait_disconnected()  # the app is still being served


def test_websocket_json(vendor: Vendor) -> None:
    trip = {"title": "Islands", "days": 3, "stops": ["Berlenga", "Peniche"]}
    vendor.says([Turn(json=trip, chunk_size=9), Turn(json=trip), Turn(fault=Status(503))])
    client = TestClient(module("websocket_json").app)
    with client.websocket_connect("/trips") as socket:
        socket.send_text("Birds, please.")
        sent = [socket.receive_json()]
        while "partial" in sent[-1]:
            sent.append(socket.receive_json())
        assert sent[-1] == {"trip": trip}
        assert sent[0]["partial"]["days"] is None
        assert sent[-2] == {"partial": trip}
        socket.send_text("The same again.")
        while "partial" in (last := socket.receive_json()):
            pass
        assert last == {"trip": trip}
        socket.send_text("And once more.")
        assert socket.receive_json() == {"error": "ServerError"}


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served_by_wsgi(program: str) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, module(program).app, handler_class=QuietHandler)
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_wsgi_stream(vendor: Vendor) -> None:
    vendor.says(["Ao norte do molhe, à direita."])
    with served_by_wsgi("wsgi_stream") as address:
        assert httpx.get(address, params=QUESTION).text == "Ao norte do molhe, à direita."
        assert httpx.get(address).status_code == 400


def test_wsgi_stream_stops_when_the_client_leaves(vendor: Vendor) -> None:
    vendor.says([Turn(text="on and " * 3000, delay=0.01)])
    with served_by_wsgi("wsgi_stream") as address:
        with httpx.stream("GET", address, params=QUESTION) as response:
            assert next(response.iter_raw())
        vendor.server.wait_requests(1)[0].wait_disconnected()


# --- the notebook


async def run_cells(notebook: str) -> None:
    """Run a notebook's cells in one event loop that is running already, as a kernel does."""
    namespace: dict[str, object] = {"__name__": "__main__"}
    for cell in json.loads(notebook)["cells"]:
        if cell["cell_type"] == "code":
            source, name = "".join(cell["source"]), f"<{cell['id']}>"
            code = compile(source, name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            running = eval(code, namespace)
            if inspect.isawaitable(running):
                await running


def test_notebook_cells(vendor: Vendor, capsys: pytest.CaptureFixture[str]) -> None:
    vendor.says(lambda request: f"<{request.question}>")
    asyncio.run(run_cells((FOLDER / "notebook_cells.ipynb").read_text("utf-8")))
    assert capsys.readouterr().out == (
        "<Say hello in Basque.><Say hello in Breton.>\n<Say hello in Welsh.>\n"
        "<Say hello in Ladin.>\n"
    )
    assert "<Say hello in Basque.>" in vendor.bodies[1]


# --- all of them


def test_every_program_is_in_the_table_and_here() -> None:
    table = (FOLDER / "README.md").read_text("utf-8")
    here = Path(__file__).read_text("utf-8")
    assert len(PROGRAMS) == 34
    for program in PROGRAMS:
        assert re.search(rf"^\| \[{program}\.(py|ipynb)\]\({program}\.\1\) \|", table, re.M)
        assert re.search(rf'"{program}"|\b(test_)?{program}\(', here), program
