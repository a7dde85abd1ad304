"""How is a ladder of reminders read, and what is wrong with it? The house's and a pack's alike."""

from app.catalogue.reading import Table
from app.domain.audience import AUDIENCES
from app.domain.ladder import CLOSING_HOUR, OPENING_HOUR, Ladder, Rung

_KEY_LONGEST = 20


def read_ladder(name: str, table: Table) -> Ladder:
    """One ladder: `rungs = [{ key, days or months, mail, to, hour, digest }, …]`."""
    rungs = tuple(_rung(one) for one in table.rows("rungs", "relance"))
    ladder = Ladder(name, rungs, while_stopped=table.flag("while_stopped"))
    if not rungs:
        table.refuse("il faut au moins une relance (rungs).")
    keys = [rung.key for rung in rungs]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        table.refuse(f"«\u00a0{key}\u00a0» est écrit deux fois.")
    table.finish()
    return ladder


def _rung(table: Table) -> Rung:
    key = table.string("key", required=True)
    if len(key) > _KEY_LONGEST or ":" in key:
        table.refuse(f"«\u00a0key\u00a0» tient en {_KEY_LONGEST} signes, sans deux-points.")
    if table.has("days") and table.has("months"):
        table.refuse("il faut days ou months, pas les deux.")
    rung = Rung(
        key=key,
        mail=table.string("mail", required=True),
        to=_to(table),
        days=table.integer("days"),
        months=table.integer("months"),
        hour=table.integer("hour", OPENING_HOUR),
        digest=table.flag("digest"),
    )
    if not OPENING_HOUR <= rung.hour < CLOSING_HOUR:
        table.refuse(
            f"«\u00a0hour\u00a0» va de {OPENING_HOUR} à {CLOSING_HOUR - 1}\u00a0: "
            "une relance part aux heures de bureau."
        )
    table.finish()
    return rung


def _to(table: Table) -> tuple[str, ...]:
    """One audience, or a list of them."""
    if isinstance(table.raw.get("to"), list):
        found = table.strings("to")
    else:
        found = tuple(filter(None, [table.string("to", required=True)]))
    for one in found:
        if one not in AUDIENCES:
            table.refuse(
                f"le destinataire «\u00a0{one}\u00a0» est inconnu. "
                f"Les destinataires\u00a0: {', '.join(AUDIENCES)}."
            )
    return found
