"""Which pieces are asked for, otherwise than before?"""

from collections.abc import Iterator

from app.catalogue.compare.changes import Change, Group, added, changed, removed
from app.catalogue.compare.sides import Side
from app.catalogue.compare.words import quoted
from app.catalogue.contract import DocumentKind


def piece_changes(before: Side, after: Side) -> Iterator[Change]:
    """Piece by piece."""
    old = {kind.key: kind for kind in before.pack.documents}
    new = {kind.key: kind for kind in after.pack.documents}
    for key, kind in new.items():
        name = quoted(kind.title.fr)
        if key in old:
            for sentence in _piece(before, after, old[key], kind):
                yield changed(Group.PIECES, f"La pièce {name} {sentence}.", kind.step)
        else:
            when = _required(after, kind).removesuffix(" dans tous les cas")
            yield added(Group.PIECES, f"Nouvelle pièce {name}, {when}.", kind.step)
    for key, kind in old.items():
        if key not in new:
            sentence = f"La pièce {quoted(kind.title.fr)} n’est plus demandée."
            yield removed(Group.PIECES, sentence, kind.step)


def _piece(before: Side, after: Side, was: DocumentKind, now: DocumentKind) -> Iterator[str]:
    if was.title.fr != now.title.fr:
        yield f"s’appelait {quoted(was.title.fr)}"
    if was.required != now.required:
        said = _required(after, now), _required(before, was)
        yield f"est désormais {said[0]} (auparavant {said[1]})"
    if was.offered != now.offered:
        said = _when(after, now.offered), _when(before, was.offered)
        yield f"est désormais proposée {said[0]} (auparavant {said[1]})"
    if was.step != now.step:
        yield f"se dépose désormais à l’étape {after.named(now.step)}"
    yield from _file(was, now)


def _file(was: DocumentKind, now: DocumentKind) -> Iterator[str]:
    formats = ", ".join(sorted(was.formats)), ", ".join(sorted(now.formats))
    if formats[0] != formats[1]:
        yield f"accepte désormais les formats {formats[1]} (auparavant {formats[0]})"
    if was.max_mb != now.max_mb:
        yield f"peut peser {now.max_mb} Mo (auparavant {was.max_mb} Mo)"
    if was.multiple != now.multiple:
        several = "peut désormais être faite de plusieurs fichiers"
        yield several if now.multiple else "n’accepte plus qu’un fichier"
    if was.template != now.template:
        new = "a un nouveau modèle à télécharger"
        yield new if now.template else "n’a plus de modèle à télécharger"


def _required(side: Side, kind: DocumentKind) -> str:
    if kind.required == "never":
        return "facultative"
    return f"obligatoire {_when(side, kind.required)}"


def _when(side: Side, condition: str) -> str:
    usual = {"always": "dans tous les cas", "never": "dans aucun cas"}
    return usual.get(condition) or f"si {side.said(condition)}"
