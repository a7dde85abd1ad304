"""How does a diagram drawn with another tool become a draft? What is clear is rewritten, the rest is told."""

from app.engine.draft.reading import Draft, TodoItem, read_draft

__all__ = ["Draft", "TodoItem", "read_draft"]
