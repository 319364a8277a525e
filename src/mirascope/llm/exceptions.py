"""Every error this package raises on purpose.

    Error(Exception)
    ├── ProviderError                  the vendor, or the way to it
    │   ├── APIError                   the vendor answered with an error
    │   │   ├── AuthenticationError    401
    │   │   ├── PermissionError        403
    │   │   ├── BadRequestError        400, 409, 413, 422
    │   │   ├── NotFoundError          404
    │   │   ├── RateLimitError         429
    │   │   │   └── LimitExceeded      a limit of `llm.limit`, before anything was sent
    │   │   └── ServerError            5xx
    │   ├── ConnectionError            the connection failed or broke
    │   │   └── StreamTruncatedError   the stream stopped before its end
    │   ├── TimeoutError               a limit of `llm.Timeout` passed
    │   ├── ResponseValidationError    the answer is not what the vendor's wire promises
    │   └── StreamCancelledError       the stream was closed before its end
    ├── ToolError
    │   ├── ToolExecutionError         a tool raised
    │   └── ToolNotFoundError          the model called a tool it was not offered
    ├── RunLimitExceeded               a run would exceed one of its limits
    ├── ApprovalRequired               a call of a tool waits for somebody's decision
    ├── ParseError                     the answer does not fit the requested format
    ├── FeatureNotSupportedError       this provider or model cannot do that
    ├── NoRegisteredProviderError      nobody is registered for this model id
    ├── MissingAPIKeyError             no key was given and none is in the environment
    ├── RetriesExhausted               every attempt failed
    └── StreamRestarted                a retried stream starts again from nothing

`ConnectionError`, `TimeoutError` and `PermissionError` are also their built-in namesakes, so
``except TimeoutError`` catches them whichever of the two is in scope.
"""

from __future__ import annotations

import builtins
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, Self, TypeAlias, TypeVar, cast

from mirascope.llm.types.error_text import text_of

__all__ = [
    "APIError",
    "ApprovalRequired",
    "AuthenticationError",
    "BadRequestError",
    "ConnectionError",
    "Error",
    "FailedAttempt",
    "FeatureNotSupportedError",
    "LimitExceeded",
    "MissingAPIKeyError",
    "NoRegisteredProviderError",
    "NotFoundError",
    "ParseError",
    "PermissionError",
    "ProviderError",
    "RateLimitError",
    "ResponseValidationError",
    "RetriesExhausted",
    "RunLimitExceeded",
    "ServerError",
    "StreamCancelledError",
    "StreamRestarted",
    "StreamTruncatedError",
    "TimeoutError",
    "ToolError",
    "ToolExecutionError",
    "ToolNotFoundError",
]

TimeoutPhase: TypeAlias = Literal["connect", "first_content", "idle", "total"]

_AnyT = TypeVar("_AnyT")
_ErrorT = TypeVar("_ErrorT", bound="Error")


class Error(Exception):
    """Base of every error of this package."""

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by state: the constructors take more than `args` holds."""
        state = {name: _portable(value) for name, value in self.__dict__.items()}
        return _rebuild, (type(self), self.args, state, _portable(self.__cause__))

    def __copy__(self) -> Self:
        """Copy by state, for the same reason."""
        return _rebuild(type(self), self.args, self.__dict__, self.__cause__)

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        """Copy as `__copy__` does: errors of others are shared, for many cannot be copied."""
        return self.__copy__()


_HOLD_A_BODY = ("body", "content", "doc", "object", "request", "response")
"""Attributes in which errors of other packages keep what was sent, or what came."""


def _portable(value: _AnyT) -> _AnyT | Error:
    """Return `value`, or an error that tells the same if it is one that should not be pickled.

    Errors of other packages often pickle but do not unpickle, which hangs a process pool. Those
    with a body or a request in them stay here: a pickle is for other places.
    """
    if not isinstance(value, BaseException) or isinstance(value, Error):
        return value
    if isinstance(value, json.JSONDecodeError):  # made anew from its text, for line and column
        before = re.sub(r"[^\n]", " ", value.doc[: value.pos])
        return cast("_AnyT", json.JSONDecodeError(value.msg, before, value.pos))
    if any(getattr(value, name, None) is not None for name in _HOLD_A_BODY):
        return Error(f"{type(value).__name__}: {value}")
    import pickle  # loaded already where it matters

    try:
        pickle.loads(pickle.dumps(value))
    except Exception:
        return Error(f"{type(value).__name__}: {value}")
    return value


def _rebuild(
    cls: type[_ErrorT],
    args: tuple[object, ...],
    state: Mapping[str, object],
    cause: BaseException | None,
) -> _ErrorT:
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(state)
    if cause is not None:
        error.__cause__ = cause
    return error


class ProviderError(Error):
    """Something went wrong at the vendor or on the way to it.

    Attributes:
        provider: Id of the provider that was asked.
        original_exception: The error of a lower layer, if there was one; also the cause.
        model: The model id that was asked for, where known.
        request_id: The vendor's id of the request, for its support, where it sent one.
        retry_after: Seconds the vendor asks to wait before the next attempt, where it says so.
    """

    def __init__(
        self,
        message: str,
        provider: str,
        original_exception: Exception | None = None,
        *,
        model: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.provider = provider
        self.original_exception = original_exception
        self.model = model
        self.request_id = request_id
        self.retry_after = retry_after
        if original_exception is not None:
            self.__cause__: BaseException | None = original_exception

    def __str__(self) -> str:
        return str(self.args[0])


class APIError(ProviderError):
    """The vendor answered with an error.

    Attributes:
        status_code: The HTTP status, or the one that the error stands for when it arrived inside a
            stream that had begun with 200.
        code: The vendor's own name of the error, where it gave one.
    """

    default_status: int | None = None

    def __init__(
        self,
        message: str,
        provider: str,
        status_code: int | None = None,
        original_exception: Exception | None = None,
        *,
        model: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(
            message,
            provider,
            original_exception,
            model=model,
            request_id=request_id,
            retry_after=retry_after,
        )
        self.status_code: int | None = status_code or self.default_status
        self.code = code


class AuthenticationError(APIError):
    """The key was not accepted (401)."""

    default_status: int | None = 401


class PermissionError(APIError, builtins.PermissionError):
    """The key is valid but not allowed to do this (403)."""

    default_status: int | None = 403


class BadRequestError(APIError):
    """The vendor does not accept the request (400, 409, 413, 422)."""

    default_status: int | None = 400


class NotFoundError(APIError):
    """The model or address does not exist (404)."""

    default_status: int | None = 404


class RateLimitError(APIError):
    """Too many requests or tokens (429); `retry_after` says how long to wait, where known."""

    default_status: int | None = 429


class LimitExceeded(RateLimitError):
    """A limit of `llm.limit` did not let the request through in time; nothing was sent.

    Attributes:
        limit: Which limit, in words: ``requests_per_minute=60``.
        waited: How long was waited, in seconds.
    """

    limit: str = ""
    waited: float = 0.0


class ServerError(APIError):
    """The vendor failed (5xx, overloaded included)."""

    default_status: int | None = 500


class ConnectionError(ProviderError, builtins.ConnectionError):
    """The connection could not be made, or broke."""


class StreamTruncatedError(ConnectionError):
    """The stream ended before the vendor said that it was complete.

    What arrived stays on the response.
    """


class TimeoutError(ProviderError, builtins.TimeoutError):
    """A limit of `llm.Timeout` passed.

    Attributes:
        phase: Which limit: ``connect``, ``first_content``, ``idle`` or ``total``; None when the
            vendor's own gateway reported the timeout.
    """

    phase: TimeoutPhase | None = None


class ResponseValidationError(ProviderError):
    """The answer is not what the vendor's wire promises: malformed, or over a size limit."""


class StreamCancelledError(ProviderError):
    """The stream was closed, or the task reading it cancelled, before its end.

    What arrived stays on the response and can be replayed.
    """


class ToolError(Error):
    """Base of the errors of tools; two that say the same are equal, as one saved and loaded is."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ToolError) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash((ToolError, str(self)))


class ToolExecutionError(ToolError):
    """A tool raised, or could not be called with the arguments the model gave.

    Attributes:
        tool_exception: What the tool raised; also the cause.
    """

    def __init__(self, tool_exception: Exception | str) -> None:
        if isinstance(tool_exception, str):
            tool_exception = ValueError(tool_exception)
        super().__init__(text_of(tool_exception))
        self.tool_exception = tool_exception
        self.__cause__: BaseException | None = tool_exception

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ToolExecutionError) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash((ToolExecutionError, str(self)))


class ToolNotFoundError(ToolError):
    """The model called a tool that is not among those offered.

    Attributes:
        tool_name: The name that was called.
    """

    def __init__(self, tool_name: str) -> None:
        super().__init__(f"No tool '{tool_name}': not found among the registered tools")
        self.tool_name = tool_name

    def __repr__(self) -> str:
        return f"ToolNotFoundError({self.tool_name!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ToolNotFoundError):
            return NotImplemented
        return self.tool_name == other.tool_name

    def __hash__(self) -> int:
        return hash((ToolNotFoundError, self.tool_name))


class RunLimitExceeded(Error):
    """A run would exceed one of its limits by going on.

    The tools that the last answer calls were not run. ``error.response.run(...)`` goes on, with
    other limits.

    Attributes:
        limit: Which limit, in words: ``max_turns=50``.
        response: The last answer, with all that came before it; None in a pickled copy, for
            responses need not pickle.
    """

    def __init__(self, limit: str, response: Any) -> None:
        super().__init__(
            f"The run would exceed {limit}. What there is stands in the error's response, whose "
            "run() goes on with other limits."
        )
        self.limit = limit
        self.response = response

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by state, without the response."""
        state = {**self.__dict__, "response": None}
        return _rebuild, (type(self), self.args, state, _portable(self.__cause__))


class ApprovalRequired(Error):
    """Calls of tools wait for somebody's decision, so not all of them can be run.

    Attributes:
        calls: Those that wait, as in ``response.pending_approvals``.
    """

    def __init__(self, calls: Sequence[Any]) -> None:
        names = ", ".join(call.name for call in calls)
        super().__init__(
            f"Not approved yet: {names}. Decide on each call in response.pending_approvals, with "
            "response.approve(call) or response.deny(call)."
        )
        self.calls = calls


class ParseError(Error):
    """The answer does not fit the requested format.

    Attributes:
        original_exception: What went wrong: `json.JSONDecodeError` when there is no JSON object in
            the text, `pydantic.ValidationError` when it does not fit, anything an output parser
            raised otherwise.
    """

    def __init__(self, message: str, original_exception: Exception) -> None:
        super().__init__(message)
        self.original_exception = original_exception
        self.__cause__: BaseException | None = original_exception

    def retry_message(self) -> str:
        """Return the text that asks the model to do better."""
        error = self.original_exception
        if type(error).__name__ == "ValidationError":  # pydantic is not imported for this
            return (
                f"The last answer failed schema validation:\n{error}\n\n"
                "Answer again, with these problems corrected."
            )
        if isinstance(error, json.JSONDecodeError):
            return (
                "The last answer could not be parsed: no valid JSON object was found in it. "
                "Answer again with one JSON object, complete from its '{' to its '}'."
            )
        return (
            f"The last answer could not be parsed: {error}\n\nAnswer again, in the expected format."
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ParseError) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash((ParseError, str(self)))


class FeatureNotSupportedError(Error):
    """This provider, or this model, cannot do what was asked.

    Attributes:
        feature: What was asked for.
        provider_id: Who cannot do it.
        model_id: The model that cannot do it, when it is the model's limit.
    """

    def __init__(
        self,
        feature: str,
        provider_id: str,
        model_id: str | None = None,
        message: str | None = None,
    ) -> None:
        if message is None:
            of_model = f" (model '{model_id}')" if model_id else ""
            message = f"'{feature}' is not supported by provider '{provider_id}'{of_model}"
        super().__init__(message)
        self.feature = feature
        self.provider_id = provider_id
        self.model_id = model_id


class NoRegisteredProviderError(Error):
    """Nobody is registered for a model id.

    Attributes:
        model_id: The id that was asked for.
    """

    def __init__(self, model_id: str, meant: str | None = None) -> None:
        hint = f"Did you mean '{meant}'? " if meant else ""
        super().__init__(
            f"No provider is registered for '{model_id}'. {hint}Check the part before the first "
            "'/', or register one with llm.register_provider(..., scope=...)."
        )
        self.model_id = model_id


class MissingAPIKeyError(Error):
    """No API key was passed and none is in the environment.

    Attributes:
        provider_id: Whose key is missing.
        env_var: The environment variable that would hold it.
    """

    def __init__(
        self,
        provider_id: str,
        env_var: str,
        has_mirascope_fallback: bool = False,
        message: str | None = None,
    ) -> None:
        if message is None:
            message = (
                f"Provider '{provider_id}' needs an API key and none was found: set {env_var} in "
                f"the environment, or pass api_key= to llm.register_provider({provider_id!r}, ...)."
            )
        if has_mirascope_fallback:
            message += " MIRASCOPE_API_KEY does as well, through the Mirascope Router."
        super().__init__(message)
        self.provider_id = provider_id
        self.env_var = env_var


class _Model(Protocol):
    @property
    def model_id(self) -> str: ...


class FailedAttempt(Protocol):
    """What an attempt leaves behind that a retry does not."""

    @property
    def model(self) -> _Model:
        """Return who was asked."""
        ...

    @property
    def exception(self) -> Exception:
        """Return why it failed."""
        ...


class RetriesExhausted(Error):
    """Every attempt failed.

    Attributes:
        failures: One entry an attempt, in order; the last one's exception is the cause.
    """

    def __init__(self, failures: Sequence[FailedAttempt]) -> None:
        models = [failure.model.model_id for failure in failures]
        super().__init__(
            f"Retries exhausted: {len(failures)} attempt(s) failed ({', '.join(models)})"
        )
        self.failures = failures
        if failures:
            self.__cause__: BaseException | None = failures[-1].exception


class StreamRestarted(Error):
    """A retried stream failed and starts again from nothing: iterate the response once more.

    Attributes:
        failure: The attempt that failed; its exception is the cause.
    """

    def __init__(self, failure: FailedAttempt) -> None:
        super().__init__(f"The stream broke and restarted: {failure.exception}")
        self.failure = failure
        self.__cause__: BaseException | None = failure.exception

    @property
    def message(self) -> str:
        """Return the error's text."""
        return str(self)
