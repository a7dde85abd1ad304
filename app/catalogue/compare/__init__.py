"""What changes between two versions of a dossier type? Said in plain words, and marked on both diagrams."""

from app.catalogue.compare.changes import Change, Comparison, Group
from app.catalogue.compare.sides import Side, side_of, side_of_pack
from app.catalogue.compare.whole import compare

__all__ = ["Change", "Comparison", "Group", "Side", "compare", "side_of", "side_of_pack"]
