"""A computer on generateContent: functions that the vendor's models know, with names of their own.

Source: https://ai.google.dev/gemini-api/docs/computer-use (2026-01). Not run against the vendor.
"""

from __future__ import annotations

from mirascope._wire.json_values import JsonObject, as_list, is_object
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import unsupported
from mirascope.llm.providers.tools import computer_of

__all__ = ["actions_for", "encode_computer", "encode_shown"]

_ACTIONS = frozenset(
    {
        "click_at",
        "drag_and_drop",
        "go_back",
        "go_forward",
        "hover_at",
        "key_combination",
        "navigate",
        "open_web_browser",
        "scroll_at",
        "scroll_document",
        "search",
        "type_text_at",
        "wait_5_seconds",
    }
)


def actions_for(request: Request) -> frozenset[str]:
    """Return the functions that are actions on the computer; none without one.

    A name that a tool of the user's has is that tool's.
    """
    if computer_of(request) is None:
        return frozenset()
    return _ACTIONS - request.toolkit.tools_dict.keys()


def encode_computer(request: Request) -> list[object]:
    """Return the tool in the wire's form, in a list that is empty without one.

    Raises:
        FeatureNotSupportedError: It is no browser.
    """
    if (computer := computer_of(request)) is None:
        return []
    if computer.environment != "browser":
        raise unsupported(
            request,
            "ComputerTool(environment=...)",
            f"{request.provider_id} can use a browser only, not a computer with "
            f"{computer.environment}.",
        )
    asked: dict[str, object] = {"environment": "ENVIRONMENT_BROWSER"}
    if excluded := sorted(_ACTIONS - actions_for(request)):
        asked["excludedPredefinedFunctions"] = excluded
    return [{"computerUse": asked}]


def encode_shown(result: object, called: JsonObject, *, failed: bool) -> dict[str, object]:
    """Return what stands beside a screenshot: the address of the page, and what else is told.

    Args:
        result: What the tool gave, as plain JSON. The address is in an object, under ``url``.
        called: The arguments of the call; what was done is what was confirmed.
        failed: Whether the tool failed.
    """
    if failed:
        return {"url": "", "error": result}
    objects = [one for one in (result, *as_list(result)) if is_object(one)]
    shown: dict[str, object] = {"url": "", **(objects[0] if objects else {})}
    if not objects and result != "":
        shown["output"] = result
    if called.get("safety_decision"):
        shown["safety_acknowledgement"] = "true"
    return shown
