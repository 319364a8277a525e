"""Asking again: after a failure, and then somebody else."""

from mirascope.llm.responses.attempts import RetryFailure
from mirascope.llm.retries.config import RetryArgs, RetryConfig, RetryModelParams
from mirascope.llm.retries.hedging import HedgeLayer, hedge
from mirascope.llm.retries.recovery import Policy, Recover, RecoverArgs, recover
from mirascope.llm.retries.retry_calls import (
    AsyncContextRetryCall,
    AsyncRetryCall,
    BaseRetryCall,
    ContextRetryCall,
    RetryCall,
)
from mirascope.llm.retries.retry_decorator import Retry, retry
from mirascope.llm.retries.retry_layer import RetryLayer
from mirascope.llm.retries.retry_models import RetryModel, retry_model
from mirascope.llm.retries.retry_prompts import (
    AsyncContextRetryPrompt,
    AsyncRetryPrompt,
    BaseRetryPrompt,
    ContextRetryPrompt,
    RetryPrompt,
)
from mirascope.llm.retries.retry_responses import (
    AsyncContextRetryResponse,
    AsyncContextRetryStreamResponse,
    AsyncRetryResponse,
    AsyncRetryStreamResponse,
    ContextRetryResponse,
    ContextRetryStreamResponse,
    RetryResponse,
    RetryStreamResponse,
)

__all__ = [
    "AsyncContextRetryCall",
    "AsyncContextRetryPrompt",
    "AsyncContextRetryResponse",
    "AsyncContextRetryStreamResponse",
    "AsyncRetryCall",
    "AsyncRetryPrompt",
    "AsyncRetryResponse",
    "AsyncRetryStreamResponse",
    "BaseRetryCall",
    "BaseRetryPrompt",
    "ContextRetryCall",
    "ContextRetryPrompt",
    "ContextRetryResponse",
    "ContextRetryStreamResponse",
    "HedgeLayer",
    "Policy",
    "Recover",
    "RecoverArgs",
    "Retry",
    "RetryArgs",
    "RetryCall",
    "RetryConfig",
    "RetryFailure",
    "RetryLayer",
    "RetryModel",
    "RetryModelParams",
    "RetryPrompt",
    "RetryResponse",
    "RetryStreamResponse",
    "hedge",
    "recover",
    "retry",
    "retry_model",
]
