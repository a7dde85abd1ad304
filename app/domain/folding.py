"""How are words compared in a search? Without capitals, accents or double spaces."""

import unicodedata


def fold(text: str) -> str:
    """Lower case without accents, one space between words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())
