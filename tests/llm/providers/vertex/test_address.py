"""Where a project's models are, as Google's and Anthropic's own SDKs have it."""

from __future__ import annotations

import pytest

from mirascope.llm.providers.vertex.address import in_project, locate, without_project

NAMES = (
    *("GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION", "GOOGLE_CLOUD_REGION"),
    *("ANTHROPIC_VERTEX_PROJECT_ID", "CLOUD_ML_REGION"),
)


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("global", "aiplatform.googleapis.com"),
        ("us", "aiplatform.us.rep.googleapis.com"),
        ("eu", "aiplatform.eu.rep.googleapis.com"),
        ("us-central1", "us-central1-aiplatform.googleapis.com"),
        ("europe-west4", "europe-west4-aiplatform.googleapis.com"),
    ],
)
@pytest.mark.parametrize("name", ["GOOGLE_CLOUD_LOCATION", "CLOUD_ML_REGION"])
def test_each_location_has_its_host(
    monkeypatch: pytest.MonkeyPatch, name: str, location: str, host: str
) -> None:
    monkeypatch.setenv(name, f" {location}\n")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "my-project")
    assert locate("v1", "/x") == f"https://{host}/v1/projects/my-project/locations/{location}/x"


def test_without_a_location_it_is_global_and_the_project_is_left_open() -> None:
    assert (
        locate("v1beta1") == "https://aiplatform.googleapis.com/v1beta1/projects/-/locations/global"
    )


@pytest.mark.parametrize("name", ["GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION"])
@pytest.mark.parametrize("value", ["a/b", "evil.test/x", "a@b", "a?b", "a b", "A#b"])
def test_what_would_make_another_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=f"{name} has"):
        locate("v1")


@pytest.mark.parametrize("project", ["p", "my-project-1", "example.com:legacy"])
def test_the_project_is_put_into_its_place(project: str) -> None:
    url = "https://h/v1/projects/-/locations/l/models/projects/-/m"
    expected = f"https://h/v1/projects/{project}/locations/l/models/projects/-/m"
    assert in_project(url, project) == expected
    assert in_project(expected.replace("/-/", "/x/"), None) == expected.replace("/-/", "/x/")


@pytest.mark.parametrize("project", [None, "", "a/b", "a?b", ".."])
def test_there_is_no_place_without_a_project(project: str | None) -> None:
    assert in_project("https://h/v1/projects/-/locations/l/m", project) is None


@pytest.mark.parametrize("host", ["", "us-central1-"])
@pytest.mark.parametrize("project", ["-", "my-project"])
def test_a_key_takes_the_place_of_project_and_location(host: str, project: str) -> None:
    url = f"https://{host}aiplatform.googleapis.com/v1beta1/projects/{project}/locations/l/m:x?a=b"
    assert without_project(url) == "https://aiplatform.googleapis.com/v1beta1/m:x?a=b"


def test_a_key_goes_to_no_other_address_than_was_given() -> None:
    proxy = "https://proxy.test/v1/projects/p/locations/l/m:x"
    assert without_project(proxy) == proxy
