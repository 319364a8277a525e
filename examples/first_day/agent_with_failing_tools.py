"""An agent whose tools fail: the model is told what went wrong, and its turns are counted."""

from __future__ import annotations

from mirascope import llm

MAX_TURNS = 5
BERTHS = {"A1": 12.0, "B7": 9.5}


@llm.tool
def length_of(berth: str) -> float:
    """Return the length of a berth in metres.

    Args:
        berth: A letter and a number, such as A1.
    """
    if berth not in BERTHS:
        raise LookupError(f"no berth {berth!r}; there are {', '.join(BERTHS)}")
    return BERTHS[berth]


@llm.call("anthropic/claude-sonnet-4-5", tools=[length_of])
def harbour_master(question: str) -> str:
    return question


def run(question: str) -> str | None:
    """Return the answer, or None when the model has not come to one."""
    response = harbour_master(question)
    for turn in range(1, MAX_TURNS + 1):
        if not response.tool_calls:
            return response.text()
        outputs = response.execute_tools()
        for call, output in zip(response.tool_calls, outputs, strict=True):
            print(f"[turn {turn}] {call.name} {call.args} -> {output.error or output.result}")
        response = response.resume(outputs)
    return None


def main() -> None:
    answer = run("Will my boat of 11 m fit into the berth at the end of pier A?")
    print(answer or f"No answer in {MAX_TURNS} turns.")


if __name__ == "__main__":
    main()
