"""How does `python -m app.cli` run? As the command `liasse` does."""

from app.cli import main

main()
