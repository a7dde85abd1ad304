"""Tests of the pieces of a dossier."""
