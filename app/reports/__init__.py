"""What may be counted and exported."""
