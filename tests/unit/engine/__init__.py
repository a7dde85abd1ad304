"""Tests of the room app.engine, on its own."""
