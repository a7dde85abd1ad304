"""Calls to other services: which are allowed, and within which limits."""
