"""Where does an administrator keep the types of dossiers? Versions, drafts, comparisons, trials."""

from app.web.types import comparing, drafts, listing, playing, trials, versions, words
from app.web.types.blueprint import pages

__all__ = ["comparing", "drafts", "listing", "pages", "playing", "trials", "versions", "words"]
