"""Tests that need a database."""
