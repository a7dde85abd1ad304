"""Are automatic steps done once, whatever clocks, people and kills come at the same instant?"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions import jobs, listening
from app.actions.effects.registry import APART
from app.actions.jobs import LEASE
from app.database import Database, open_database
from app.domain.status import JobStatus
from app.jobs import sweep
from app.jobs.work import brief_for, tools_of
from app.models.dossier import Dossier
from app.models.job import DossierLink, Job, Subscription
from app.models.process import DossierProcess, ProcessStatus
from app.models.task import Task
from tests.festivals import Fair, Festival


@contextmanager
def another(fair: Fair) -> Iterator[Database]:
    """The same database, opened as another process would."""
    url = fair.house.database.engine.url.render_as_string(hide_password=False)
    database = open_database(url)
    try:
        yield database
    finally:
        database.dispose()


def at_once(*things: Callable[[], object]) -> None:
    """Do these at the same instant; what one of them raises is raised."""
    with ThreadPoolExecutor(len(things)) as pool:
        for one in [pool.submit(thing) for thing in things]:
            one.result()


def stuck(fair: Fair) -> int:
    """Dossiers that are not finished and have nothing to wait for."""
    live = (JobStatus.WAITING, JobStatus.RUNNING)

    def count(session: Session) -> int:
        open_tasks = select(Task.id).where(
            Task.dossier_id == DossierProcess.dossier_id, Task.status == "open"
        )
        open_jobs = select(Job.id).where(
            Job.dossier_id == DossierProcess.dossier_id, Job.status.in_(live)
        )
        messages = select(Subscription.name).where(
            Subscription.dossier_id == DossierProcess.dossier_id,
            Subscription.name != "give_up",
        )
        found = (
            select(func.count())
            .select_from(DossierProcess)
            .join(Dossier, Dossier.id == DossierProcess.dossier_id)
            .where(
                Dossier.type_key.startswith("festival"),
                DossierProcess.status == ProcessStatus.RUNNING,
                ~open_tasks.exists(),
                ~open_jobs.exists(),
                ~messages.exists(),
            )
        )
        return session.scalar(found) or 0

    return fair.house.read(count)


def test_clocks_side_by_side_ask_the_world_once_a_job(fair: Fair) -> None:
    festivals = [fair.file() for _ in range(6)]

    with another(fair) as second:
        clocks = [fair.clock(), fair.clock(second), fair.clock(second)]
        at_once(*(lambda one=one: sweep(one, "jobs", now=fair.house.now) for one in clocks))

    assert sorted(fair.server.keys) == sorted({job.key for job in fair.jobs()})
    assert [one.open for one in festivals] == [["Examine"]] * 6
    assert stuck(fair) == 0


def test_a_clock_that_dies_after_it_asked_loses_nothing_and_writes_nothing_later(
    fair: Fair,
) -> None:
    festival, house = fair.file(), fair.house
    dead = house.run(lambda session: jobs.claim(session, "dead", now=house.now))
    assert dead is not None
    fair.clock()  # it asked the world here, and was killed before it wrote the answer
    assert fair.tick() == 0

    fair.tick(later=LEASE + timedelta(seconds=1))

    assert festival.open == ["Examine"]
    entries = len(festival.journal)
    late = house.run(
        lambda session: jobs.settle(
            session,
            house.console,
            dead,
            lambda move, job: APART["http_request"].settle(move, job, {}),
            now=house.now,
        )
    )
    assert late is False
    assert len(festival.journal) == entries
    [job] = fair.jobs()
    assert (job.status, job.attempts) == (JobStatus.DONE, 1)


def test_a_child_is_opened_once_although_the_clock_died_before_it_said_so(fair: Fair) -> None:
    festival, house = fair.file(), fair.house
    fair.tick()
    festival.examine(places=["nord"])
    held = house.run(lambda session: jobs.claim(session, "dead", now=house.now))
    assert held is not None
    clock = fair.clock()
    reference = APART["open_child_dossier"].act(
        tools_of(clock), brief_for(clock, held, house.now)
    )

    fair.tick(later=LEASE + timedelta(seconds=1))

    assert [one.row.reference for one in festival.places] == [reference]


def test_places_that_end_together_wake_their_festival_once(fair: Fair) -> None:
    festival = fair.file()
    fair.tick()
    festival.examine()
    fair.tick()
    north, south = festival.places

    at_once(
        lambda: north.do("ConfirmPlace", available=["yes"]),
        lambda: south.do("ConfirmPlace", available=["yes"]),
    )
    with another(fair) as second:
        clocks = [fair.clock(), fair.clock(second)]
        for _ in range(3):
            at_once(*(lambda one=one: sweep(one, "jobs", now=fair.house.now) for one in clocks))

    woken = [one for one in festival.journal if one.body.get("cause") == "child"]
    assert len(woken) == 1
    assert festival.row.closed_on is not None
    assert [job.status for job in fair.jobs(topic="wait_for_children")] == [JobStatus.DONE]
    assert stuck(fair) == 0


def test_places_that_end_before_the_festival_waits_are_seen_when_it_does(fair: Fair) -> None:
    festival = fair.file()
    fair.tick()
    festival.examine()
    held = fair.house.run(lambda session: jobs.claim(session, "slow", now=fair.house.now))
    assert held is not None  # the first place is opened late, after the second one ended
    fair.tick()
    [early] = festival.places
    early.do("ConfirmPlace", available=["yes"])
    fair.tick(later=LEASE + timedelta(seconds=1))
    [late] = [one for one in festival.places if one.id != early.id]
    late.do("ConfirmPlace", available=["yes"])

    fair.tick(turns=2)

    assert festival.row.closed_on is not None


def send(fair: Fair, place: Festival, key: str) -> bool:
    house = fair.house
    return house.run(
        lambda session: listening.send_to(
            session, place.id, "festival_decided", {"grant": "1"}, key=key, now=house.now
        )
    )


def test_a_message_sent_twice_arrives_once_and_one_that_comes_too_early_waits(
    fair: Fair,
) -> None:
    festival = fair.file()
    fair.tick()
    festival.examine(places=["nord"])
    fair.tick()
    [place] = festival.places

    assert send(fair, place, "m-1")
    assert not send(fair, place, "m-1")
    fair.tick()
    assert place.open == ["ConfirmPlace"]
    [early] = fair.jobs(topic=listening.DELIVER)
    assert (early.status, early.run_at) == (JobStatus.WAITING, None)

    fair.house.now += timedelta(minutes=1)  # of what is due at once, the oldest comes first
    place.do("ConfirmPlace", available=["yes"])
    fair.tick()

    assert place.row.closed_on is not None
    assert [job.status for job in fair.jobs(topic=listening.DELIVER, key="m-1")] == [
        JobStatus.DONE
    ]


def test_a_message_finds_its_dossier_by_its_key_without_loading_any(fair: Fair) -> None:
    festival = fair.file()
    fair.tick()
    festival.examine()
    fair.tick()
    for place in festival.places:
        place.do("ConfirmPlace", available=["yes"])

    def waiting(key: str) -> list[object]:
        return fair.house.read(
            lambda session: list(listening.dossiers_waiting(session, "festival_decided", key))
        )

    assert waiting("nord") == [festival.places[0].id]
    assert waiting("sud") == [festival.places[1].id]
    assert waiting("est") == []


def test_the_links_say_who_opened_whom(fair: Fair) -> None:
    festival = fair.file()
    fair.tick()
    festival.examine()
    fair.tick()

    links = fair.house.read(lambda session: session.scalars(select(DossierLink)).all())

    assert {link.parent_id for link in links} == {festival.id}
    assert {link.step for link in links} == {"OpenPlaces"}
    told = [one.body["reference"] for one in festival.journal if one.kind == "child_opened"]
    assert told == [place.row.reference for place in festival.places]
    assert festival.places[0].journal[0].body["parent"] == festival.row.reference
