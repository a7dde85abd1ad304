"""Which words is the text of a cell made of? The tokens of FEEL, and a cursor that goes over them."""

import re
from dataclasses import dataclass

from app.engine.values import Trouble

MAX_CELL = 10_000
_SHOWN = 12

_FUNCTIONS_OF_SEVERAL_WORDS = (
    "starts with",
    "ends with",
    "string length",
    "upper case",
    "lower case",
    "list contains",
    "date and time",
    "round half up",
)
_LONG_NAMES = "|".join(
    name.replace(" ", r"\s+") + r"(?=\s*\()" for name in _FUNCTIONS_OF_SEVERAL_WORDS
)
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")"""
    r"""|(?P<number>\d+(?:\.\d+)?|\.\d+)"""
    rf"""|(?P<name>{_LONG_NAMES}|[^\W\d]\w*)"""
    r"""|(?P<sign>\.\.|<=|>=|!=|\*\*|==|[-+*/(),<>=\[\]?.@]))"""
)
_FOREIGN = {
    "==": "l’égalité s’écrit « = »",
    "**": "la puissance « ** » n’est pas de ce langage",
}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True, slots=True)
class Token:
    """One word; `kind` is text, number, name, sign or end."""

    kind: str
    text: str


END = Token("end", "")


def tokens(text: str) -> list[Token]:
    """The words of the text, in order; raises Trouble at what is none."""
    if len(text) > MAX_CELL:
        raise Trouble("elle est trop longue")
    found, at, text = [], 0, text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            unread = text[at:][:_SHOWN]
            raise Trouble(f"« {unread} » n’est pas lisible")
        word = match[match.lastgroup]
        if word in _FOREIGN:
            raise Trouble(_FOREIGN[word])
        found.append(Token(match.lastgroup, _content(match.lastgroup, word)))
        at = match.end()
    return found


def _content(kind: str, word: str) -> str:
    if kind == "text":
        return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), word[1:-1])
    return "_".join(word.split()) if kind == "name" else word


class Cursor:
    """A place in the words of one cell."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._at = 0
        if not self._tokens:
            raise Trouble("elle est vide")

    def peek(self) -> Token:
        """The next word, left in place."""
        return self._tokens[self._at] if self._at < len(self._tokens) else END

    def pop(self) -> Token:
        """The next word, gone past."""
        token = self.peek()
        self._at += 1
        return token

    def sees(self, *words: str) -> bool:
        """The next word is one of these signs or names."""
        token = self.peek()
        return token.kind in {"sign", "name"} and token.text in words

    def takes(self, *words: str) -> str | None:
        """The next word when it is one of these, gone past."""
        return self.pop().text if self.sees(*words) else None

    def expects(self, word: str) -> None:
        """Goes past that word, refused when it is missing."""
        if self.takes(word) is None:
            raise Trouble(f"« {word} » est attendu {self.where()}")

    def place(self) -> int:
        """Where we are, to come back with `back_to`."""
        return self._at

    def back_to(self, place: int) -> None:
        """Returns to an earlier place."""
        self._at = place

    def where(self) -> str:
        """Where we are, in French."""
        token = self.peek()
        return "à la fin" if token is END else f"avant « {token.text} »"

    def holds_interval(self) -> bool:
        """What follows an opening bracket is `a..b`, not a list or a sum."""
        depth = 0
        for token in self._tokens[self._at :]:
            word = token.text if token.kind == "sign" else ""
            if word == ".." and depth == 0:
                return True
            depth += (word in {"(", "["}) - (word in {")", "]"})
            if depth < 0 or (word == "," and depth == 0):
                return False
        return False

    def end(self) -> None:
        """Refuses what is left over."""
        if self.sees(","):
            raise Trouble("« , » est de trop : les décimales s’écrivent avec un point")
        if self.peek() is not END:
            raise Trouble(f"« {self.peek().text} » est de trop")
