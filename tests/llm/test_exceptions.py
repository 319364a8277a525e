"""The tree of errors: what they say and carry, and that they travel."""

from __future__ import annotations

import builtins
import copy
import inspect
import json
import pickle
import traceback
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from mirascope.llm import exceptions as exc
from mirascope.llm.content import ToolCall

TREE: dict[type, type] = {
    exc.Error: Exception,
    exc.ProviderError: exc.Error,
    exc.APIError: exc.ProviderError,
    exc.AuthenticationError: exc.APIError,
    exc.PermissionError: exc.APIError,
    exc.BadRequestError: exc.APIError,
    exc.NotFoundError: exc.APIError,
    exc.RateLimitError: exc.APIError,
    exc.LimitExceeded: exc.RateLimitError,
    exc.ServerError: exc.APIError,
    exc.ConnectionError: exc.ProviderError,
    exc.StreamTruncatedError: exc.ConnectionError,
    exc.TimeoutError: exc.ProviderError,
    exc.ResponseValidationError: exc.ProviderError,
    exc.StreamCancelledError: exc.ProviderError,
    exc.ToolError: exc.Error,
    exc.ToolExecutionError: exc.ToolError,
    exc.ToolNotFoundError: exc.ToolError,
    exc.RunLimitExceeded: exc.Error,
    exc.ApprovalRequired: exc.Error,
    exc.ParseError: exc.Error,
    exc.FeatureNotSupportedError: exc.Error,
    exc.NoRegisteredProviderError: exc.Error,
    exc.MissingAPIKeyError: exc.Error,
    exc.RetriesExhausted: exc.Error,
    exc.StreamRestarted: exc.Error,
}
STATUSES = {
    exc.AuthenticationError: 401,
    exc.PermissionError: 403,
    exc.BadRequestError: 400,
    exc.NotFoundError: 404,
    exc.RateLimitError: 429,
    exc.LimitExceeded: 429,
    exc.ServerError: 500,
}
API_ERRORS = [exc.APIError, *STATUSES]
PROVIDER_ERRORS = [
    exc.ProviderError,
    exc.ConnectionError,
    exc.StreamTruncatedError,
    exc.TimeoutError,
    exc.ResponseValidationError,
    exc.StreamCancelledError,
]


@dataclass
class Model:
    model_id: str


@dataclass
class Attempt:
    model: Model
    exception: Exception


class Book(BaseModel):
    title: str


class Awkward(Exception):
    """Pickles, and does not unpickle, as the errors of many HTTP clients."""

    def __init__(self, message: str, *, response: object) -> None:
        super().__init__(message)
        self.response = response


class Unpicklable(Exception):
    def __init__(self) -> None:
        super().__init__("has a lambda")
        self.function = lambda: None


def invalid() -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        Book.model_validate({})
    return caught.value


def not_json() -> json.JSONDecodeError:
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads("{")
    return caught.value


ATTEMPTS = [
    Attempt(Model("openai/a"), exc.RateLimitError("slow down", "openai", retry_after=2.5)),
    Attempt(Model("anthropic/b"), ValueError("last")),
]
ERRORS: list[exc.Error] = [
    exc.Error("x"),
    *(
        cls("went wrong", "openai", OSError(5, "io"), model="m", request_id="r", retry_after=1.5)
        for cls in PROVIDER_ERRORS
    ),
    *(
        cls(
            "went wrong",
            "openai",
            418,
            OSError(5, "io"),
            model="m",
            request_id="r",
            retry_after=1.5,
            code="c",
        )
        for cls in API_ERRORS
    ),
    exc.ToolError("x"),
    exc.ToolExecutionError(KeyError("x")),
    exc.ToolExecutionError("text"),
    exc.ToolNotFoundError("search"),
    exc.RunLimitExceeded("max_turns=3", None),
    exc.ApprovalRequired([ToolCall(id="1", name="pay", args="{}")]),
    exc.ParseError("does not fit", invalid()),
    exc.ParseError("no JSON", not_json()),
    exc.FeatureNotSupportedError("strict", "openai", "m"),
    exc.FeatureNotSupportedError("strict", "openai", message="own words"),
    exc.NoRegisteredProviderError("nobody/model"),
    exc.MissingAPIKeyError("openai", "OPENAI_API_KEY", True),
    exc.RetriesExhausted(ATTEMPTS),
    exc.RetriesExhausted([]),
    exc.StreamRestarted(ATTEMPTS[0]),
]
every_error = pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)


def test_the_tree() -> None:
    defined = {
        cls
        for cls in vars(exc).values()
        if inspect.isclass(cls) and issubclass(cls, Exception) and cls.__module__ == exc.__name__
    }
    assert defined == TREE.keys()
    assert {*(cls.__name__ for cls in defined), "FailedAttempt"} == set(exc.__all__)
    assert sorted(exc.__all__) == exc.__all__
    for cls, base in TREE.items():
        assert cls.__mro__[1] is base
    assert {type(error) for error in ERRORS} == defined


@pytest.mark.parametrize("name", ["ConnectionError", "PermissionError", "TimeoutError"])
def test_namesakes_of_builtins_are_caught_by_either_name(name: str) -> None:
    error = getattr(exc, name)("m", "openai")
    for scope in (builtins, exc):
        with pytest.raises(getattr(scope, name)) as caught:
            raise error
        assert caught.value is error
    assert issubclass(exc.StreamTruncatedError, builtins.ConnectionError)
    assert not issubclass(exc.RateLimitError, OSError)


def described(error: BaseException | None) -> Any:
    """Return all that an error says and carries, comparable."""
    if error is None:
        return None
    # What could not be decoded does not travel.
    values = {n: value for n, value in vars(error).items() if n not in ("__notes__", "doc")}
    values = {
        name: described(value) if isinstance(value, BaseException) else value
        for name, value in values.items()
    }
    for name in ("failures", "failure"):
        if name in values:
            attempts = values[name] if name == "failures" else [values[name]]
            values[name] = [(a.model, described(a.exception)) for a in attempts]
    args = error.args if isinstance(error, exc.Error) else None  # pydantic's grow when pickled
    return type(error), str(error), args, values, described(error.__cause__)


@every_error
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_errors_are_pickled_whole(error: exc.Error, protocol: int) -> None:
    error = copy.copy(error)
    error.add_note("a note")
    other = pickle.loads(pickle.dumps(error, protocol))
    assert described(other) == described(error)
    assert other.__notes__ == error.__notes__
    assert repr(other) == repr(error)


@every_error
@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_errors_are_copied_whole(error: exc.Error, copied: Any) -> None:
    other = copied(error)
    assert other is not error
    assert described(other) == described(error)
    assert other.__cause__ is error.__cause__


@every_error
def test_errors_are_hashable(error: exc.Error) -> None:
    assert hash(error) == hash(error)
    assert error in {error}
    other = pickle.loads(pickle.dumps(error))
    if other == error:
        assert hash(other) == hash(error)


@every_error
def test_errors_can_be_raised_and_shown(error: exc.Error) -> None:
    with pytest.raises(exc.Error) as caught:
        raise error
    shown = "".join(traceback.format_exception(caught.value))
    assert str(error) in shown
    assert f"{exc.__name__}.{type(error).__name__}" in shown
    error.__traceback__ = None


def test_a_cause_given_by_raise_from_travels_too() -> None:
    with pytest.raises(exc.ServerError) as caught:
        raise exc.ServerError("m", "openai") from ValueError("why")
    other = pickle.loads(pickle.dumps(caught.value))
    assert repr(other.__cause__) == "ValueError('why')"
    assert other.__suppress_context__


def test_an_error_without_a_cause_keeps_its_context_visible() -> None:
    for other in (copy.copy(exc.Error("x")), pickle.loads(pickle.dumps(exc.Error("x")))):
        assert other.__cause__ is None
        assert not other.__suppress_context__


@pytest.mark.parametrize(
    ("foreign", "told"),
    [
        (Awkward("404", response=object()), "Awkward: 404"),
        (Unpicklable(), "Unpicklable: has a lambda"),
    ],
)
def test_errors_of_others_that_do_not_travel_are_told(foreign: Exception, told: str) -> None:
    error = exc.ToolExecutionError(foreign)
    other = pickle.loads(pickle.dumps(error))
    assert str(other) == str(error)
    assert (type(other.tool_exception), str(other.tool_exception)) == (exc.Error, told)
    assert str(other.__cause__) == told
    assert copy.copy(error).tool_exception is foreign
    assert copy.deepcopy(error).tool_exception is foreign
    nested = pickle.loads(pickle.dumps(exc.ProviderError("m", "openai", error)))
    assert str(nested.original_exception.tool_exception) == told


def fail(error: exc.Error) -> None:
    raise error


def test_errors_come_back_from_other_processes() -> None:
    sent = exc.RateLimitError("slow", "openai", 429, ValueError("w"), retry_after=2, code="c")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        received = pool.submit(fail, sent).exception()
    assert isinstance(received, exc.RateLimitError)
    assert (received.provider, received.status_code, received.code) == ("openai", 429, "c")
    assert (received.retry_after, repr(received.original_exception)) == (2, "ValueError('w')")


# --- what each says and carries -----------------------------------------------------------------


@pytest.mark.parametrize("cls", PROVIDER_ERRORS)
def test_provider_errors(cls: type[exc.ProviderError]) -> None:
    cause = ValueError("why")
    error = cls("m", "openai", cause)
    assert str(error) == "m"
    assert (error.provider, error.original_exception, error.__cause__) == ("openai", cause, cause)
    bare = cls("m", "openai")
    assert bare.original_exception is bare.__cause__ is None
    assert bare.model is bare.request_id is bare.retry_after is None


@pytest.mark.parametrize(("cls", "status"), [(exc.APIError, None), *STATUSES.items()])
def test_api_errors(cls: type[exc.APIError], status: int | None) -> None:
    cause = ValueError("why")
    error = cls("m", "openai", 499, cause)
    assert (str(error), error.provider, error.status_code) == ("m", "openai", 499)
    assert error.__cause__ is cause
    assert cls("m", "openai").status_code == status
    assert cls("m", "openai", None).status_code == status
    assert cls("m", "openai", 0).status_code == status


def test_timeouts_say_which_limit_passed() -> None:
    error = exc.TimeoutError("m", "openai")
    assert error.phase is None
    error.phase = "idle"
    assert pickle.loads(pickle.dumps(error)).phase == "idle"


def test_tool_execution_errors() -> None:
    cause = KeyError("x")
    error = exc.ToolExecutionError(cause)
    assert str(error) == "'x'"
    assert error.tool_exception is error.__cause__ is cause
    text = exc.ToolExecutionError("text")
    assert repr(text.tool_exception) == "ValueError('text')"
    assert error == exc.ToolExecutionError("'x'")
    assert hash(error) == hash(exc.ToolExecutionError("'x'"))
    assert error != text
    assert error != KeyError("x")
    assert len({error, exc.ToolExecutionError("'x'"), text}) == 2


def test_tool_not_found_errors() -> None:
    error = exc.ToolNotFoundError("search")
    assert error.tool_name == "search"
    assert "'search'" in str(error)
    assert "not found" in str(error)
    assert repr(error) == "ToolNotFoundError('search')"
    assert error == exc.ToolNotFoundError("search")
    assert error != exc.ToolNotFoundError("other")
    assert error.__eq__("search") is NotImplemented
    assert len({error, exc.ToolNotFoundError("search")}) == 1


def test_parse_errors() -> None:
    cause = invalid()
    error = exc.ParseError("does not fit", cause)
    assert error.original_exception is error.__cause__ is cause
    assert error == exc.ParseError("does not fit", ValueError())
    assert hash(error) == hash(exc.ParseError("does not fit", ValueError()))
    assert error != exc.ParseError("other", cause)
    assert error != ValueError("does not fit")


def test_how_a_parse_error_asks_for_better() -> None:
    validation = exc.ParseError("m", invalid()).retry_message()
    assert "failed schema validation" in validation
    assert str(invalid()) in validation
    assert "title" in validation
    assert "again" in validation
    missing = exc.ParseError("m", not_json()).retry_message()
    assert "no valid JSON object was found" in missing
    assert "{" in missing
    assert "}" in missing
    other = exc.ParseError("m", ValueError("two lines only")).retry_message()
    assert "could not be parsed: two lines only" in other
    assert "expected format" in other


def test_features_that_are_not_supported() -> None:
    error = exc.FeatureNotSupportedError("strict tools", "anthropic")
    assert (error.feature, error.provider_id, error.model_id) == ("strict tools", "anthropic", None)
    assert "'strict tools' is not supported by provider 'anthropic'" in str(error)
    of_model = exc.FeatureNotSupportedError("audio", "openai", "gpt-4")
    assert "gpt-4" in str(of_model)
    assert of_model.model_id == "gpt-4"
    assert str(exc.FeatureNotSupportedError("a", "b", "c", "own words")) == "own words"


def test_models_nobody_answers_for() -> None:
    error = exc.NoRegisteredProviderError("nobody/model")
    assert error.model_id == "nobody/model"
    assert "'nobody/model'" in str(error)
    assert "llm.register_provider" in str(error)


def test_missing_keys() -> None:
    error = exc.MissingAPIKeyError("openai", "OPENAI_API_KEY")
    assert (error.provider_id, error.env_var) == ("openai", "OPENAI_API_KEY")
    assert "API key" in str(error)
    assert "OPENAI_API_KEY" in str(error)
    assert "MIRASCOPE_API_KEY" not in str(error)
    assert "MIRASCOPE_API_KEY" in str(exc.MissingAPIKeyError("openai", "OPENAI_API_KEY", True))


def test_messages_hold_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    error = exc.MissingAPIKeyError("openai", "OPENAI_API_KEY", True)
    assert "sk-very-secret" not in f"{error} {error!r} {vars(error)}"


def test_exhausted_retries() -> None:
    error = exc.RetriesExhausted(ATTEMPTS)
    assert error.failures is ATTEMPTS
    assert error.__cause__ is ATTEMPTS[-1].exception
    for word in ("exhausted", "2 attempt", "openai/a", "anthropic/b"):
        assert word in str(error)
    assert exc.RetriesExhausted([]).__cause__ is None


def test_restarted_streams() -> None:
    error = exc.StreamRestarted(ATTEMPTS[0])
    assert error.failure is ATTEMPTS[0]
    assert error.__cause__ is ATTEMPTS[0].exception
    assert "restarted" in str(error)
    assert "slow down" in str(error)
    assert error.message == str(error)


class WithBody(Exception):
    """As other packages make them, and it can be pickled."""

    def __init__(self, message: str, body: bytes | None = None) -> None:
        super().__init__(message)
        self.body = body


def test_no_body_travels() -> None:
    with pytest.raises(json.JSONDecodeError) as raised:
        json.loads('{"said":\n "in confidence" oops')
    error = exc.ParseError("m", raised.value)
    data = pickle.dumps(error)
    assert b"confidence" not in data
    other = pickle.loads(data)
    assert str(other.original_exception) == str(raised.value)
    assert other.retry_message() == error.retry_message()
    for held in (
        WithBody("why", b"in confidence"),
        UnicodeDecodeError("utf-8", b"in confidence\xff", 13, 14, "why"),
    ):
        data = pickle.dumps(exc.ServerError("m", "openai", 500, held))
        assert b"confidence" not in data
        assert "why" in str(pickle.loads(data).original_exception)
    whole = pickle.loads(pickle.dumps(exc.ServerError("m", "openai", 500, WithBody("why"))))
    assert type(whole.__cause__) is WithBody
