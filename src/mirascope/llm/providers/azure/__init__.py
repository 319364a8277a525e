"""Azure OpenAI and Azure AI Foundry: where a resource is, and who asks."""
