"""The same answers over gRPC, which is all that Google's old SDKs speak in asynchronous code."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from .loopback import Script, google_body, google_chunks


def _handlers(script: Script, service: str, request: Any, response: Any) -> Any:
    import grpc

    async def stream(message: Any, context: Any) -> AsyncIterator[Any]:
        for chunk in google_chunks(script, "gemini-1.5-flash"):
            yield response.from_json(json.dumps(chunk), ignore_unknown_fields=True)

    async def whole(message: Any, context: Any) -> Any:
        body = google_body(script, "gemini-1.5-flash")
        return response.from_json(json.dumps(body), ignore_unknown_fields=True)

    coding = {
        "request_deserializer": request.deserialize,
        "response_serializer": response.serialize,
    }
    return grpc.method_handlers_generic_handler(
        service,
        {
            "StreamGenerateContent": grpc.unary_stream_rpc_method_handler(stream, **coding),
            "GenerateContent": grpc.unary_unary_rpc_method_handler(whole, **coding),
        },
    )


@asynccontextmanager
async def model(vendor: str, script: Script) -> AsyncIterator[Any]:
    """Give the SDK's model object, connected to a gRPC server that answers by the script."""
    import grpc

    if vendor == "gemini":
        from google.ai import generativelanguage as api
        from google.ai.generativelanguage_v1beta.services.generative_service.transports import (
            GenerativeServiceGrpcAsyncIOTransport as Transport,
        )

        service = "google.ai.generativelanguage.v1beta.GenerativeService"
        client_type: Any = api.GenerativeServiceAsyncClient
        types: Any = api
    else:
        from google.cloud import aiplatform_v1 as api1
        from google.cloud.aiplatform_v1.services.prediction_service.transports import (
            PredictionServiceGrpcAsyncIOTransport as Transport,  # type: ignore[assignment]
        )

        service = "google.cloud.aiplatform.v1.PredictionService"
        client_type, types = api1.PredictionServiceAsyncClient, api1
    server = grpc.aio.server()
    handlers = _handlers(
        script, service, types.GenerateContentRequest, types.GenerateContentResponse
    )
    server.add_generic_rpc_handlers((handlers,))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        client = client_type(transport=Transport(channel=channel))
        yield _model(vendor, client)
    await server.stop(None)


def _model(vendor: str, client: Any) -> Any:
    if vendor == "gemini":
        import google.generativeai as generativeai

        made = generativeai.GenerativeModel("gemini-1.5-flash")
        made._async_client = client
        return made
    from vertexai.generative_models import GenerativeModel

    model = GenerativeModel("gemini-1.5-flash")
    # Where the SDK keeps its connection.
    model.__dict__["_prediction_async_client"] = client
    return model
