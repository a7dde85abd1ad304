"""How does Liasse call another service? Only those it was told of, within limits, and no further."""
