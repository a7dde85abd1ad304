"""What do forms offer to choose from? Communes, EPCI, people of a role, envelopes with what is left."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.domain.folding import alphabetical, fold
from app.domain.lookups import Lookups, Person, Place
from app.domain.permissions import Role
from app.models.budget import Commitment, Envelope
from app.models.people import Organisation, OrganisationKind, PersonRole
from app.models.people import Person as PersonRow

_FOUND = 20
_SHORTENED = {"st": "saint", "ste": "sainte"}


def lookups(session: Session) -> Lookups:
    """The questions of forms, answered by this session."""

    def all_communes() -> Sequence[Place]:
        return _every_place(session, OrganisationKind.COMMUNE, Organisation.insee_code)

    def all_epcis() -> Sequence[Place]:
        return _every_place(session, OrganisationKind.EPCI, Organisation.siren)

    def communes(text: str) -> Sequence[Place]:
        return _places(all_communes(), text)

    def epcis(text: str) -> Sequence[Place]:
        return _places(all_epcis(), text)

    def persons(role: str) -> Sequence[Person]:
        return _people(session, Role(role))

    def lists(name: str) -> Sequence[Person]:
        return {"envelopes": _envelopes}[name](session)

    return Lookups(
        communes=communes,
        epcis=epcis,
        all_communes=all_communes,
        all_epcis=all_epcis,
        persons=persons,
        lists=lists,
    )


def _every_place(
    session: Session, kind: OrganisationKind, code: InstrumentedAttribute[str | None]
) -> list[Place]:
    rows = session.execute(
        select(code.label("code"), Organisation.name, Organisation.city).where(
            Organisation.kind == kind, code.is_not(None)
        )
    ).all()
    is_commune = kind is OrganisationKind.COMMUNE
    return [
        Place(code=row.code, name=(row.city if is_commune else None) or row.name)
        for row in alphabetical(rows, lambda one: one.name)
    ]


def _places(places: Sequence[Place], text: str) -> list[Place]:
    """Found by code, or by name whatever its capitals, accents and hyphens."""
    wanted = text.strip()
    exact = [one for one in places if one.code == wanted]
    named = [one for one in places if _plain_name(one.name) == _plain_name(wanted)]
    return (exact or named)[:_FOUND]


def _plain_name(name: str) -> str:
    """The name as it is compared: « St-Mihiel », « commune de Saint-Mihiel » and « saint mihiel » are one."""
    plain = fold(name).removeprefix("commune de ").removeprefix("commune d ")
    return " ".join(_SHORTENED.get(word, word) for word in plain.split())


def _people(session: Session, role: Role) -> list[Person]:
    rows = session.scalars(
        select(PersonRow).join(PersonRole).where(PersonRole.role == role, PersonRow.is_active)
    )
    return [
        Person(id=str(row.id), name=row.name, detail=row.job_title or "")
        for row in alphabetical(rows, lambda one: one.name)
    ]


def _envelopes(session: Session) -> list[Person]:
    committed = (
        select(
            Commitment.envelope_id,
            func.sum(Commitment.amount, type_=Commitment.amount.type).label("sum"),
        )
        .group_by(Commitment.envelope_id)
        .subquery()
    )
    rows = session.execute(
        select(Envelope, committed.c.sum)
        .outerjoin(committed, committed.c.envelope_id == Envelope.id)
        .order_by(Envelope.year.desc(), Envelope.code)
    )
    return [
        Person(
            id=str(envelope.id),
            name=f"{envelope.code} – {envelope.label}",
            detail=f"disponible : {(envelope.voted - used if used else envelope.voted).french()}",
        )
        for envelope, used in rows
    ]
