"""A server over standard streams without the library: what it does wrong is its argument.

It speaks the protocol of 2025-06-18, each message as a line of JSON.
"""

import json
import os
import sys
import time
from typing import Any

HOW = sys.argv[1]
OBJECT: dict[str, Any] = {"type": "object"}


def say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def tool(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "inputSchema": OBJECT, **more}


def listed(cursor: str | None) -> dict[str, Any]:
    """Return a page of tools."""
    number = 0 if cursor is None else int(cursor or 0) + 1
    page: dict[str, Any] = {"tools": [tool(f"tool{number}")]}
    match HOW:
        case "repeats its cursor":
            page["nextCursor"] = "7"
        case "never ends":
            page["nextCursor"] = str(number)
        case "has an empty cursor":
            page = {"tools": [tool("late")]} if cursor == "" else {"tools": [], "nextCursor": ""}
        case "lists a tool twice":
            page["tools"] = [tool("twice", description="first"), tool("twice")]
        case "has a tool that is none":
            page["tools"] = [tool("good"), {"name": "bad"}]
        case _:
            pass
    return page


def called(request: dict[str, Any]) -> dict[str, Any]:
    """Return the result of a tool."""
    match HOW:
        case "dies in a call":
            sys.exit(1)
        case "closes its output":
            os.close(1)
            sys.stdin.read()
        case "returns much":
            return {"content": [{"type": "text", "text": "é" * 2_000_000}]}
        case "fails without a word":
            return {"content": [], "isError": True}
        case "returns strange content":
            return {
                "content": [
                    {"type": "image", "data": "no base64!", "mimeType": "image/png"},
                    {"type": "audio", "data": "AAAA", "mimeType": "audio/x-none"},
                ],
                "structuredContent": {"kept": True},
            }
        case "returns no content":
            return {"surprise": 1}
        case _:
            pass
    return {"content": [{"type": "text", "text": "done"}]}


def answer(request: dict[str, Any]) -> dict[str, Any]:
    match request["method"]:
        case "initialize":
            return {
                "protocolVersion": "2025-06-18",
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "hostile", "version": "1"},
            }
        case "tools/list":
            return listed(request.get("params", {}).get("cursor"))
        case "tools/call":
            return called(request)
        case _:
            raise KeyError


if HOW == "closes at once":
    sys.exit(0)
if HOW == "starts slowly":
    time.sleep(1)
for line in sys.stdin:
    request = json.loads(line)
    if HOW == "talks nonsense":
        sys.stdout.write('starting...\n{"almost": "json"\n\n[]\n{"jsonrpc": "2.0", "id": 99, ')
        sys.stdout.write('"result": {}}\n\x00\n"text"\n')
    if HOW == "never answers" and request["method"] == "tools/call":
        continue
    if "id" in request:
        try:
            say({"id": request["id"], "result": answer(request)})
        except KeyError:
            say({"id": request["id"], "error": {"code": -32601, "message": "unknown method"}})
