"""Liasse: the console that runs grant dossiers. Imports go down the stairs (docs/architecture.md)."""
