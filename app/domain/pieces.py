"""Which piece is asked of a dossier, and of whom is it awaited? Words shared by packs and queries."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AskedPiece:
    """A kind of piece as one dossier meets it: the pack's kind, its conditions already decided."""

    key: str
    title: str
    step: str  #: The form it belongs to: the filing, a payment claim…
    help: str = ""
    is_offered: bool = True
    is_required: bool = False
    formats: tuple[str, ...] = ()
    max_bytes: int = 20_000_000
    multiple: bool = False
    template: str | None = None
