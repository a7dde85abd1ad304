"""What do forms offer to choose from? Communes, EPCI, people of a role, envelopes with what is left."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.domain.folding import fold
from app.domain.lookups import Lookups, Person, Place
from app.domain.permissions import Role
from app.models.budget import Commitment, Envelope
from app.models.people import Organisation, OrganisationKind, PersonRole
from app.models.people import Person as PersonRow

_FOUND = 20


def lookups(session: Session) -> Lookups:
    """The questions of forms, answered by this session."""

    def communes(text: str) -> Sequence[Place]:
        return _places(session, OrganisationKind.COMMUNE, Organisation.insee_code, text)

    def epcis(text: str) -> Sequence[Place]:
        return _places(session, OrganisationKind.EPCI, Organisation.siren, text)

    def persons(role: str) -> Sequence[Person]:
        return _people(session, Role(role))

    def lists(name: str) -> Sequence[Person]:
        return {"envelopes": _envelopes}[name](session)

    return Lookups(communes=communes, epcis=epcis, persons=persons, lists=lists)


def _places(
    session: Session,
    kind: OrganisationKind,
    code: InstrumentedAttribute[str | None],
    text: str,
) -> list[Place]:
    """Found by code, or by name whatever its capitals and accents."""
    wanted = text.strip()
    rows = session.execute(
        select(code.label("code"), Organisation.name, Organisation.city)
        .where(Organisation.kind == kind, code.is_not(None))
        .order_by(Organisation.name)
    ).all()
    exact = [row for row in rows if row.code == wanted]
    named = [row for row in rows if fold(wanted) in {fold(row.name), fold(row.city or "")}]
    return [
        Place(code=row.code, name=row.city or row.name) for row in (exact or named)[:_FOUND]
    ]


def _people(session: Session, role: Role) -> list[Person]:
    rows = session.scalars(
        select(PersonRow)
        .join(PersonRole)
        .where(PersonRole.role == role, PersonRow.is_active)
        .order_by(PersonRow.name)
    )
    return [Person(id=str(row.id), name=row.name, detail=row.job_title or "") for row in rows]


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
            detail=f"disponible : {(envelope.voted - used if used else envelope.voted).french()}",
        )
        for envelope, used in rows
    ]
