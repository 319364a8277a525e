"""The same answers over gRPC, which is all that Google's old SDKs speak in asynchronous code."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from .wires import Broken, Script, google_body, google_chunks

_NAMES = {
    "gemini": "google.ai.generativelanguage.v1beta.GenerativeService",
    "vertex": "google.cloud.aiplatform.v1.PredictionService",
}


def _handlers(vendor: str, script: Script, disconnected: threading.Event) -> Any:
    import grpc

    types = _types(vendor)
    response = types.GenerateContentResponse

    def stream(message: Any, context: Any) -> Iterator[Any]:
        # Called at every end; for an endless answer only the client can be who ended it.
        context.add_callback(disconnected.set if script.endless else lambda: None)
        try:
            for chunk in google_chunks(script, "gemini-1.5-flash"):
                yield response.from_json(json.dumps(chunk), ignore_unknown_fields=True)
        except Broken:
            context.abort(grpc.StatusCode.UNAVAILABLE, "gone")

    def whole(message: Any, context: Any) -> Any:
        body = google_body(script, "gemini-1.5-flash")
        return response.from_json(json.dumps(body), ignore_unknown_fields=True)

    coding = {
        "request_deserializer": types.GenerateContentRequest.deserialize,
        "response_serializer": response.serialize,
    }
    return grpc.method_handlers_generic_handler(
        _NAMES[vendor],
        {
            "StreamGenerateContent": grpc.unary_stream_rpc_method_handler(stream, **coding),
            "GenerateContent": grpc.unary_unary_rpc_method_handler(whole, **coding),
        },
    )


@contextmanager
def _serve(vendor: str, script: Script, disconnected: threading.Event | None) -> Iterator[str]:
    """Run a gRPC server; gives its address."""
    import grpc

    server = grpc.server(ThreadPoolExecutor(2))
    handlers = _handlers(vendor, script, disconnected or threading.Event())
    server.add_generic_rpc_handlers((handlers,))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None).wait()


@asynccontextmanager
async def model(
    vendor: str, script: Script, disconnected: threading.Event | None = None
) -> AsyncIterator[Any]:
    """Give the SDK's model object, connected to a gRPC server that answers by the script.

    Args:
        vendor: Which of the two SDKs.
        script: What to answer.
        disconnected: Set when an endless answer's client is gone.
    """
    import grpc

    with _serve(vendor, script, disconnected) as address:
        async with grpc.aio.insecure_channel(address) as channel:
            yield _model(vendor, channel, "async_client", "AsyncClient", "GrpcAsyncIOTransport")


@contextmanager
def sync_model(
    vendor: str, script: Script, disconnected: threading.Event | None = None
) -> Iterator[Any]:
    """Give a model object that is used from synchronous code, as `model` does."""
    import grpc

    with (
        _serve(vendor, script, disconnected) as address,
        grpc.insecure_channel(address) as channel,
    ):
        yield _model(vendor, channel, "client", "Client", "GrpcTransport")


def _types(vendor: str) -> Any:
    if vendor == "gemini":
        from google.ai import generativelanguage

        return generativelanguage
    from google.cloud import aiplatform_v1

    return aiplatform_v1


def _model(vendor: str, channel: Any, name: str, client: str, transport: str) -> Any:
    """Make a model object whose connection is the channel."""
    types = _types(vendor)
    if vendor == "gemini":
        import google.generativeai as generativeai
        from google.ai.generativelanguage_v1beta.services.generative_service import transports

        service, made = "GenerativeService", generativeai.GenerativeModel("gemini-1.5-flash")
    else:
        from google.cloud.aiplatform_v1.services.prediction_service import transports
        from vertexai.generative_models import GenerativeModel

        service, made = "PredictionService", GenerativeModel("gemini-1.5-flash")
        name = f"prediction_{name}"
    over = getattr(transports, service + transport)(channel=channel)
    # Where the SDKs keep their connections.
    made.__dict__[f"_{name}"] = getattr(types, service + client)(transport=over)
    return made
