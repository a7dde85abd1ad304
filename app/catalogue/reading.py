"""How is a TOML table read without stopping at the first mistake? Key by key, noting each one."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import TypeVar

from app.catalogue.contract import Problem, Text

Raw = Mapping[str, object]
T = TypeVar("T")
_KINDS: dict[type, str] = {
    str: "un texte entre guillemets",
    int: "un nombre entier",
    bool: "true ou false",
    list: "une liste",
    dict: "une table",
}


#: Python's reader takes a time and a memory that grow with the square of a dotted key.
MAX_DOTS = 60
MAX_TOML = 500_000
_NEAR = 60


def read_toml(data: bytes, place: str, problems: list[Problem]) -> Raw | None:
    """What the file says; None, with a sentence, when it is not readable TOML."""
    if len(data) > MAX_TOML:
        problems.append(Problem(place, f"ce fichier dépasse {MAX_TOML // 1000} ko."))
        return None
    if any(line.count(b".") > MAX_DOTS for line in data.split(b"\n")):
        problems.append(Problem(place, f"une ligne contient plus de {MAX_DOTS} points."))
        return None
    try:
        return tomllib.loads(data.decode("utf-8"))
    except RecursionError:
        problems.append(Problem(place, "les listes ou les tables y sont trop imbriquées."))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        sentence = f"ce n’est pas du TOML lisible : enregistrez-le en UTF-8 (ligne {line})."
        problems.append(Problem(place, sentence))
    except ValueError as error:
        # Not only its own errors: a number of 5,000 digits or the 31st of February too.
        problems.append(Problem(place, f"ce n’est pas du TOML lisible : {_in_french(error)}."))
    return None


_WHERE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")
#: What Python's reader says, by its first words.
_TOLD = {
    "Illegal character": "un guillemet ou une apostrophe n’est pas refermé, ou un signe n’est pas admis",
    "Unterminated string": "un guillemet n’est pas refermé",
    "Expected newline": "il y a quelque chose en trop à la fin de la ligne",
    "Expected '='": "il manque le signe = après un nom",
    "Expected ']": "il manque un crochet fermant",
    "Unclosed array": "une liste entre crochets n’est pas refermée",
    "Unclosed inline table": "une table entre accolades n’est pas refermée",
    "Cannot overwrite": "ce nom reçoit une valeur deux fois",
    "Cannot declare": "cette table est écrite deux fois",
    "Cannot mutate": "cette table est déjà écrite ailleurs",
    "Cannot redefine": "cette table est déjà écrite ailleurs",
    "Duplicate inline table key": "un nom s’y trouve deux fois",
    "Invalid value": "une valeur manque ou ne se lit pas (un texte s’écrit entre guillemets)",
    "Invalid date": "cette date n’existe pas",
    "Invalid initial character": "un nom manque ou ne se lit pas",
    "Invalid statement": "cette ligne ne se lit pas",
    "Unescaped '": "une barre oblique inverse s’écrit deux fois (\\\\)",
}


def _in_french(error: ValueError) -> str:
    told = str(error)
    said = next((words for start, words in _TOLD.items() if told.startswith(start)), "")
    found = _WHERE.search(told)
    if found is None:
        return said or "un nombre ou une date n’y existe pas"
    place = f"ligne {found[1]}, colonne {found[2]}" if found[1] else "à la fin du fichier"
    return f"{said} ({place})" if said else place


class Table:
    """One table being read: it knows its place and collects what is wrong in it."""

    def __init__(self, raw: Raw, place: str, problems: list[Problem]) -> None:
        self.raw = raw
        self.place = place
        self.problems = problems
        self.read: set[str] = set()

    def refuse(self, sentence: str) -> None:
        """Note one thing that is wrong here."""
        self.problems.append(Problem(self.place, sentence))

    def has(self, key: str) -> bool:
        """The key is written in the table."""
        self.read.add(key)
        return key in self.raw

    def _get(self, key: str, kind: type[T], *, required: bool) -> T | None:
        self.read.add(key)
        if key not in self.raw:
            if required:
                self.refuse(f"il manque «\u00a0{key}\u00a0».")
            return None
        found = self.raw[key]
        if isinstance(found, kind) and not (kind is int and isinstance(found, bool)):
            return found
        self.refuse(f"«\u00a0{key}\u00a0» doit être {_KINDS[kind]}.")
        return None

    def string(self, key: str, default: str = "", *, required: bool = False) -> str:
        """A text of the machine: a key, a code, a name."""
        found = self._get(key, str, required=required)
        return default if found is None else found

    def optional(self, key: str) -> str | None:
        """A text of the machine that may be absent."""
        return self._get(key, str, required=False)

    def integer(self, key: str, default: int = 0) -> int:
        """A whole number."""
        found = self._get(key, int, required=False)
        return default if found is None else found

    def number(self, key: str) -> int | None:
        """A whole number that may be absent."""
        return self._get(key, int, required=False)

    def flag(self, key: str, *, default: bool = False) -> bool:
        """True or false."""
        found = self._get(key, bool, required=False)
        return default if found is None else found

    def one_of(
        self, key: str, allowed: tuple[str, ...], default: str = "", *, required: bool = False
    ) -> str:
        """A word of a closed list."""
        found = self.string(key, default, required=required)
        if found and found not in allowed:
            self.refuse(
                f"«\u00a0{key}\u00a0» vaut «\u00a0{found}\u00a0»{_hint(found, allowed)}"
            )
            return default
        return found

    def expression(self, key: str) -> str | None:
        """An expression, or a number or a boolean standing for itself."""
        self.read.add(key)
        found = self.raw.get(key)
        if found is None or isinstance(found, str):
            return found
        if isinstance(found, bool | int | float):
            return str(found)
        self.refuse(f"«\u00a0{key}\u00a0» doit être une expression entre guillemets.")
        return None

    def strings(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts of the machine."""
        found = self._get(key, list, required=False)
        if found is None:
            return default
        if all(isinstance(one, str) for one in found):
            return tuple(found)
        self.refuse(f"«\u00a0{key}\u00a0» doit être une liste de textes.")
        return default

    def text(self, key: str, *, required: bool = False) -> Text:
        """A text for people: `"…"` or `{ fr = "…", en = "…" }`."""
        self.read.add(key)
        if key not in self.raw:
            if required:
                self.refuse(f"il manque le texte «\u00a0{key}\u00a0».")
            return Text()
        return self._as_text(key, self.raw[key])

    def texts(self, key: str) -> tuple[Text, ...]:
        """A list of texts for people."""
        found = self._get(key, list, required=False) or []
        return tuple(self._as_text(key, one) for one in found)

    def _as_text(self, key: str, found: object) -> Text:
        if isinstance(found, str):
            return Text(found)
        if isinstance(found, dict) and all(isinstance(one, str) for one in found.values()):
            if "fr" in found:
                return Text(found["fr"], {k: v for k, v in found.items() if k != "fr"})
            self.refuse(f"le texte «\u00a0{key}\u00a0» n’a pas de version française (fr).")
            return Text()
        self.refuse(f'«\u00a0{key}\u00a0» doit être un texte, ou {{ fr = "…", en = "…" }}.')
        return Text()

    def mapping(self, key: str) -> dict[str, str]:
        """A table of texts of the machine."""
        found = self._get(key, dict, required=False) or {}
        if all(isinstance(one, str) for one in found.values()):
            return dict(found)
        self.refuse(f"«\u00a0{key}\u00a0» ne doit contenir que des textes.")
        return {}

    def table(self, key: str, place: str) -> "Table | None":
        """The table under that key, if any."""
        found = self._get(key, dict, required=False)
        return None if found is None else Table(found, place, self.problems)

    def rows(self, key: str, what: str) -> "Iterator[Table]":
        """The tables of a list, each named by its key, its code or its rank."""
        for rank, raw in enumerate(self._get(key, list, required=False) or [], start=1):
            if isinstance(raw, dict):
                label = (
                    raw.get("name")
                    or raw.get("key")
                    or raw.get("code")
                    or raw.get("value")
                    or rank
                )
                yield Table(raw, f"{self.place}, {what} {label}", self.problems)
            else:
                self.refuse(f"{what} {rank} doit être une table.")

    def named(self, key: str, what: str) -> "Iterator[tuple[str, Table]]":
        """The tables of a table, with their names."""
        for name, raw in (self._get(key, dict, required=False) or {}).items():
            if isinstance(raw, dict):
                yield name, Table(raw, f"{self.place}, {what} {name}", self.problems)
            else:
                self.refuse(f"{what} {name} doit être une table.")

    def finish(self) -> None:
        """Note the keys nobody asked for: a typing mistake is never silent."""
        for key in self.raw:
            if key not in self.read:
                self.refuse(f"«\u00a0{key}\u00a0» est inconnu{_hint(key, tuple(self.read))}")


def _hint(word: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(word, known, n=1) if len(word) < _NEAR else []
    if close:
        return f"\u00a0; vouliez-vous écrire «\u00a0{close[0]}\u00a0»\u00a0?"
    return f", au lieu de\u00a0: {', '.join(sorted(known))}."
