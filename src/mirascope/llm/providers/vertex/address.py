"""Where a project's models are.

https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations (2026-01). The project may be
known to the credentials only, so its place in the address is kept for them.
"""

from __future__ import annotations

import os
import re

__all__ = ["MISSING_PROJECT", "in_project", "locate", "project_here", "without_project"]

_HOST = "aiplatform.googleapis.com"
"""That of no location in particular."""
_MULTI_REGIONS = ("us", "eu")
_PROJECT_ENV = ("GOOGLE_CLOUD_PROJECT", "ANTHROPIC_VERTEX_PROJECT_ID")
_LOCATION_ENV = ("GOOGLE_CLOUD_LOCATION", "GOOGLE_CLOUD_REGION", "CLOUD_ML_REGION")
_LOCATION = re.compile(r"[a-z][a-z0-9-]*")
_PROJECT = re.compile(r"[a-z0-9][a-z0-9.:-]*")
_NO_PROJECT = "/projects/-/"
_PLACE = re.compile(
    r"^https://[^/]*aiplatform[^/]*\.googleapis\.com/(\w+)/projects/[^/]+/locations/[^/]+/"
)

MISSING_PROJECT = (
    "Vertex AI needs to know the Google Cloud project, and neither the environment nor the "
    f"credentials name one: set {_PROJECT_ENV[0]}."
)


def locate(version: str, below: str = "") -> str:
    """Return the base URL for the location in the environment, ``global`` where there is none.

    Args:
        version: Of the API.
        below: What follows the location in the path.

    Raises:
        ValueError: What the environment has cannot be a location or a project.
    """
    location = _first(_LOCATION_ENV, _LOCATION) or "global"
    project = project_here() or "-"
    if location == "global":
        host = _HOST
    elif location in _MULTI_REGIONS:
        host = f"aiplatform.{location}.rep.googleapis.com"
    else:
        host = f"{location}-{_HOST}"
    return f"https://{host}/{version}/projects/{project}/locations/{location}{below}"


def project_here() -> str | None:
    """Return the project in the environment; see `locate`."""
    return _first(_PROJECT_ENV, _PROJECT)


def _first(names: tuple[str, ...], form: re.Pattern[str]) -> str | None:
    """Return the first of these variables that is set.

    Raises:
        ValueError: It is not of that form, and would make another address of ours.
    """
    for name in names:
        if value := os.environ.get(name, "").strip():
            if not form.fullmatch(value):
                raise ValueError(f"{name} has {value!r}, which cannot be part of an address.")
            return value
    return None


def in_project(url: str, project: str | None) -> str | None:
    """Return an address with the project in its place; None when there is none to put there."""
    if _NO_PROJECT not in url:
        return url
    if not project or not _PROJECT.fullmatch(project):
        return None
    return url.replace(_NO_PROJECT, f"/projects/{project}/", 1)


def without_project(url: str) -> str:
    """Return Google's address of a model for requests with a key, which tells the project itself.

    https://cloud.google.com/vertex-ai/generative-ai/docs/start/express-mode/overview (2026-01).
    """
    return _PLACE.sub(rf"https://{_HOST}/\1/", url, count=1)
