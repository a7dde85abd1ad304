"""Processes killed on the way."""
