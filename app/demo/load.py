"""How is the demonstration filled? Organisations, people, then sixty dossiers played to their stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.actions import budget, committee
from app.actions.committee import Ballot
from app.actions.console import Console
from app.actions.documents import Shelf
from app.database import Database
from app.demo.people import settle_in, town_hall
from app.demo.player import Player
from app.demo.script import Cast, Script
from app.demo.stories import STORIES, Stage, Story
from app.domain.civil import civil_day
from app.domain.money import Money
from app.domain.status import Vote
from app.domain.working_days import FRANCE, at_hour
from app.models.dossier import Dossier
from app.models.journal import PendingDispatch
from app.models.people import Membership, Organisation, Person
from app.queries.people import actor_of

#: Sessions held, in days before today, and the one being prepared, in days after it.
HELD = (480, 190, 100, 45, 12)
PREPARED = 18
#: Mails about what happened longer ago are not sent: the demonstration is not a flood.
_MAILED_DAYS = 3
#: When people of the demonstration work, local time.
_OFFICE_HOUR = 10
_ENVELOPES = (
    ("AP-LP-2025", "Lecture publique – investissement 2025", 600_000),
    ("AP-LP-2026", "Lecture publique – investissement 2026", 900_000),
)


@dataclass
class _Played:
    """A story with the dossier it became."""

    story: Story
    dossier_id: UUID
    cast: Cast


def is_loaded(session: Session) -> bool:
    """Was the demonstration filled before?"""
    return session.scalar(select(Person.id).where(Person.is_demo).limit(1)) is not None


def load(database: Database, console: Console, shelf: Shelf, *, now: datetime) -> int:
    """Fill an empty database (types already published); how many dossiers were played."""
    now = at_hour(civil_day(now), _OFFICE_HOUR).astimezone(UTC)
    people = database.run_tx(
        lambda session, at: settle_in(session, now=at), now=now - timedelta(days=600)
    )
    envelope = database.run_tx(lambda session, _at: _open_envelopes(session, people), now=now)
    played = [
        _play(database, console, shelf, story, people, envelope, now=now) for story in STORIES
    ]
    for days in HELD:
        _hold(database, console, shelf, people, played, days, now=now)
    _prepare(database, people, played, now=now)
    database.run_tx(lambda session, at: _hand_to_the_clock(session, now, at))
    return len(played)


def _play(
    database: Database,
    console: Console,
    shelf: Shelf,
    story: Story,
    people: Mapping[str, Person],
    envelope: str,
    *,
    now: datetime,
) -> _Played:
    def action(session: Session, _at: datetime) -> _Played:
        organisation = _organisation(session, story.place)
        cast = Cast(people, _applicant(session, organisation, now), organisation, envelope)
        player = Player(session, console, shelf, now)
        Script(player, story, cast).before_vote(end=_end(story, now))
        return _Played(story, player.dossier.id, cast)

    return database.run_tx(action, now=now)


def _end(story: Story, now: datetime) -> datetime:
    """When the last thing before the vote happened."""
    if story.stage <= Stage.SCHEDULED:
        return now - timedelta(days=story.age)
    return now - timedelta(days=_session_of(story) + 4)


def _session_of(story: Story) -> int:
    """Which held session decides the story: the latest that leaves it time to reach its stage."""
    wanted = story.age + _DAYS_AFTER_VOTE.get(story.stage, 0)
    older = [days for days in HELD if days >= wanted]
    return min(older) if older else HELD[0]


_DAYS_AFTER_VOTE: Mapping[Stage, int] = {
    Stage.REFUSED: 10,
    Stage.COMMIT: 6,
    Stage.NOTIFY: 9,
    Stage.CONVENTION: 11,
    Stage.GRANTED: 26,
    Stage.LAPSE: 420,
    Stage.LAPSED: 440,
    Stage.STARTED: 61,
    Stage.EXTENSION: 61,
    Stage.CLAIMED: 121,
    Stage.CERTIFY: 129,
    Stage.ORDER: 131,
    Stage.PAYER: 133,
    Stage.CLOSING: 142,
    Stage.CLOSED: 152,
}


def _hold(
    database: Database,
    console: Console,
    shelf: Shelf,
    people: Mapping[str, Person],
    played: Sequence[_Played],
    days: int,
    *,
    now: datetime,
) -> None:
    """Hold one past session, then play its dossiers on."""
    mine = [
        one
        for one in played
        if one.story.stage > Stage.SCHEDULED and _session_of(one.story) == days
    ]
    if not mine:
        return
    at = _worked(now - timedelta(days=days))
    office = actor_of(people["assemblees"])

    def decide(session: Session, moment: datetime) -> None:
        sitting = _sitting(session, people, civil_day(at), now=moment - timedelta(days=20))
        committee.put_on_agenda(
            session, office, sitting, [one.dossier_id for one in mine], now=moment
        )
        session.flush()
        refused = {one.dossier_id for one in mine if one.story.stage is Stage.REFUSED}
        ballots = _ballots(session, sitting, refused)
        committee.record_and_apply(
            session, console, office, sitting, ballots=ballots, is_final=True, now=moment
        )

    database.run_tx(decide, now=at)
    for one in mine:
        _play_on(database, console, shelf, one, voted_at=at, now=now)


def _play_on(
    database: Database,
    console: Console,
    shelf: Shelf,
    one: _Played,
    *,
    voted_at: datetime,
    now: datetime,
) -> None:
    def action(session: Session, _at: datetime) -> None:
        player = Player(session, console, shelf, voted_at)
        player.dossier = session.get_one(Dossier, one.dossier_id)
        latest = now - timedelta(days=one.story.age)
        Script(player, one.story, one.cast).after_vote(voted_at=voted_at, now=latest)

    database.run_tx(action, now=now)


def _prepare(
    database: Database,
    people: Mapping[str, Person],
    played: Sequence[_Played],
    *,
    now: datetime,
) -> None:
    office = actor_of(people["assemblees"])
    mine = [one.dossier_id for one in played if one.story.stage is Stage.SCHEDULED]

    def action(session: Session, moment: datetime) -> None:
        day = FRANCE.on_or_after(civil_day(now) + timedelta(days=PREPARED))
        sitting = _sitting(session, people, day, now=moment)
        committee.put_on_agenda(session, office, sitting, mine, now=moment)

    database.run_tx(action, now=now - timedelta(days=5))


def _worked(moment: datetime) -> datetime:
    """The same hour of the last worked day."""
    day = FRANCE.on_or_before(civil_day(moment))
    return moment - (civil_day(moment) - day)


def _sitting(
    session: Session, people: Mapping[str, Person], day: date, *, now: datetime
) -> UUID:
    planned = committee.create_session(
        session,
        actor_of(people["assemblees"]),
        body="standing_committee",
        held_on=day,
        agenda_closes_on=day - timedelta(days=7),
        place="Hôtel du Département, Bar-le-Duc",
        now=now,
    )
    return planned.id


def _ballots(session: Session, sitting: UUID, refused: set[UUID]) -> dict[UUID, Ballot]:
    ballots = {}
    for item in committee.items_of(session, sitting):
        is_refused = item.is_refusal_proposed or item.dossier_id in refused
        vote = Vote.REFUSED if is_refused else Vote.GRANTED
        ballots[item.id] = Ballot(vote, votes_for=15, votes_against=0, abstentions=1)
    return ballots


def _open_envelopes(session: Session, people: Mapping[str, Person]) -> str:
    """Open the envelopes; the id of the one that serves, as text."""
    finance = actor_of(people["finances"])
    opened = [
        budget.open_envelope(
            session,
            finance,
            code=code,
            label=label,
            year=int(code[-4:]),
            account="204142 – fonction 313",
            voted=Money.euros(euros),
        )
        for code, label, euros in _ENVELOPES
    ]
    return str(opened[-1].id)


def _organisation(session: Session, place: str) -> Organisation:
    names = (place, f"Commune de {place}", f"Commune d’{place}")
    return session.scalars(select(Organisation).where(Organisation.name.in_(names))).one()


def _applicant(session: Session, organisation: Organisation, now: datetime) -> Person:
    found = session.scalar(
        select(Person).join(Membership).where(Membership.organisation_id == organisation.id)
    )
    return found or town_hall(session, organisation, now=now)


def _hand_to_the_clock(session: Session, now: datetime, at: datetime) -> None:
    """Old mails are forgotten; the others are due from this instant, not since an invented day.

    The clock counts how late it is: what nobody could have done yet is no lateness of its own.
    """
    limit = now - timedelta(days=_MAILED_DAYS)
    session.execute(delete(PendingDispatch).where(PendingDispatch.at < limit))
    session.execute(update(PendingDispatch).values(at=at))
