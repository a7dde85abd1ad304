"""Tests of the room app.domain, on its own."""
