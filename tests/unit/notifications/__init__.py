"""Tests of the room `notifications` that need no database."""
