"""Dossier types, one folder each: data, no code."""
