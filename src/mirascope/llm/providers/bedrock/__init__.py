"""AWS Bedrock: the Converse wire, and the Messages wire for Claude models."""
