"""Embeddings: texts as vectors, to be found again by what they mean."""

from mirascope.llm.embeddings.embedding import EmbedArgs, EmbeddingTask, embed, embed_async
from mirascope.llm.embeddings.vectors import Embeddings, Vector

__all__ = ["EmbedArgs", "EmbeddingTask", "Embeddings", "Vector", "embed", "embed_async"]
