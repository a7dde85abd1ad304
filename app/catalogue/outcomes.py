"""Is the played dossier where its scenario says? And which mails would have left?"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Protocol

from app.catalogue.contract import Mail
from app.catalogue.pack import Pack
from app.catalogue.rehearsal_effects import PlayedDossier
from app.catalogue.scenario import Expected
from app.catalogue.values import calendar_functions, holds, value_of
from app.domain.money import Money
from app.engine.run import Snapshot
from app.engine.values import Value


class Watched(Protocol):
    """What is looked at in a player."""

    pack: Pack
    dossier: PlayedDossier
    snapshot: Snapshot | None
    status: str
    mails: list[str]

    def names(self) -> dict[str, Value]: ...

    def calendar(self) -> date: ...


def differences(player: Watched, expected: Expected) -> Iterator[str]:
    """One sentence for each thing that is not as expected."""
    yield from _state(player, expected)
    yield from _mapping("la variable", expected.variables, _variables(player))
    yield from _facts(player, expected.facts)
    for name, amount in expected.amounts.items():
        found = player.dossier.amount(name)
        if found != Money.parse(amount):
            yield f"le montant {name} vaut {found.french()}, pas {Money.parse(amount).french()}."


def _state(player: Watched, expected: Expected) -> Iterator[str]:
    snapshot = player.snapshot
    found: dict[str, object] = {
        "open": sorted(one.step for one in snapshot.open_steps) if snapshot else [],
        "status": player.status,
        "completed": bool(snapshot and snapshot.completed),
        "mails": sorted(player.mails),
    }
    for name, wanted in (
        ("open", None if expected.open is None else sorted(expected.open)),
        ("status", expected.status),
        ("completed", expected.completed),
        ("mails", None if expected.mails is None else sorted(expected.mails)),
    ):
        if wanted is not None and found[name] != wanted:
            yield f"{_WORDS[name]}\u00a0: {_shown(found[name])}, au lieu de {_shown(wanted)}."
    if expected.pieces is not None:
        asked = required_pieces(player)
        if sorted(expected.pieces) != asked:
            yield f"pièces exigées\u00a0: {_shown(asked)}, au lieu de {_shown(expected.pieces)}."


_WORDS = {
    "open": "étapes ouvertes",
    "status": "statut",
    "completed": "terminé",
    "mails": "courriels",
}


def required_pieces(player: Watched) -> list[str]:
    """The keys of the pieces required at filing from this dossier."""
    names, functions = player.names(), calendar_functions(player.calendar())
    return sorted(
        kind.key
        for kind in player.pack.documents
        if kind.step == player.pack.filing_step
        and holds(kind.offered, names, functions)
        and holds(kind.required, names, functions)
    )


def _variables(player: Watched) -> Mapping[str, object]:
    return player.snapshot.variables if player.snapshot else {}


def _mapping(
    what: str, expected: Mapping[str, object], found: Mapping[str, object]
) -> Iterator[str]:
    for name, wanted in expected.items():
        if found.get(name) != wanted:
            yield f"{what} {name} vaut {_shown(found.get(name))}, pas {_shown(wanted)}."


def _facts(player: Watched, expected: Mapping[str, object]) -> Iterator[str]:
    known = player.pack.known_facts
    for name, wanted in expected.items():
        kind = known[name].type if name in known else "text"
        found = player.dossier.facts.get(name)
        if _exact(kind, found) != _exact(kind, wanted):
            yield f"le fait {name} vaut {_shown(found)}, pas {_shown(wanted)}."


def _exact(kind: str, given: object) -> Value:
    found = value_of(kind, given)
    return Fraction(found) if isinstance(found, int) and kind == "euros" else found


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value) or "rien"
    return str(value)


def mails_sent(
    pack: Pack,
    names: Mapping[str, Value],
    *,
    passed: Sequence[str] = (),
    opened: Sequence[str] = (),
    completed: str | None = None,
    service: Sequence[str] = (),
    event: str | None = None,
) -> list[str]:
    """The mails this moment calls for, once each."""
    moments: dict[str, Sequence[str | None]] = {
        "passed": passed,
        "opened": opened,
        "completed": [completed],
        "service": service,
        "event": [event],
    }
    return [mail.key for mail in pack.mails if _leaves(mail, moments, names)]


def _leaves(
    mail: Mail, moments: Mapping[str, Sequence[str | None]], names: Mapping[str, Value]
) -> bool:
    return mail.subject in moments[mail.moment] and holds(mail.when, names, {})
