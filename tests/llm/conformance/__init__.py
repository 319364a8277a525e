"""The conformance list of the provider layer's contract (its section 15), and what shows each item.

Modules are below ``tests``; those of this folder show what no other does. One that shows an item of
the list for one vendor stands in that vendor's folder.

| item | shown by |
| --- | --- |
| 1 registry | llm/conformance/test_registry.py, llm/providers/test_registry.py |
| 2 content tables | llm/conformance/test_content_tables.py, llm/providers/anthropic/test_encode.py, llm/providers/bedrock/test_encode.py, llm/providers/cohere/test_encode.py, llm/providers/google/test_encode.py, llm/providers/openai/test_chat_encode.py, llm/providers/openai/test_responses_encode.py, llm/wires/test_requests.py |
| 3 recorded traffic | llm/conformance/test_replay.py, llm/providers/anthropic/test_recordings.py, llm/providers/bedrock/test_recordings.py, llm/providers/cohere/test_recordings.py, llm/providers/google/test_recordings.py, llm/providers/openai/test_recordings.py |
| 4 server-sent events | llm/conformance/test_sse.py, _wire/test_sse.py, property/test_framing.py, llm/providers/test_exchange.py |
| 5 streams and whole answers | llm/test_resume.py, llm/wires/test_answers.py, llm/wires/test_media.py, llm/providers/anthropic/test_recordings.py, llm/providers/bedrock/test_recordings.py, llm/providers/cohere/test_recordings.py, llm/providers/google/test_recordings.py, llm/providers/openai/test_recordings.py |
| 6 usage | llm/conformance/test_usage.py, llm/providers/anthropic/test_decode.py, llm/providers/cohere/test_decode.py, llm/providers/google/test_decode.py, llm/providers/openai/test_chat_decode.py, llm/providers/openai/test_responses_decode.py |
| 7 errors | llm/conformance/test_errors.py, llm/test_wire_to_user.py, llm/providers/openai/test_errors.py, llm/providers/anthropic/test_errors.py, llm/providers/google/test_errors.py, llm/providers/cohere/test_errors.py, llm/providers/bedrock/test_streams.py |
| 8 features | llm/conformance/test_features.py, llm/providers/anthropic/test_tools.py, llm/providers/google/test_tools.py, llm/providers/test_capabilities.py |
| 9 warnings | llm/conformance/test_warnings.py, llm/providers/anthropic/test_params.py |
| 10 raw reuse | llm/conformance/test_raw_reuse.py, llm/providers/test_encoding.py, llm/test_resume.py |
"""  # noqa: E501 - a row is a line
