"""OpenAI's two wires: Chat Completions, which many servers speak, and the Responses API."""
