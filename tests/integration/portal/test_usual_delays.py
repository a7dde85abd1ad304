"""Are usual delays and forecasts told on the pages, with what they rest on, and never on too little?"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.actions import usual_delays
from app.actions.usual_delays import Measures
from app.domain.status import SessionStatus
from app.models.committee import CommitteeSession
from app.models.people import Person
from app.queries.usual_delays import ANSWER, COMPLETE, end_of, step_of, told
from tests.integration.web.browser import Browser
from tests.stories import Department

SignIn = Callable[[str], Browser]


def plain(answer: TestResponse) -> str:
    """The page with plain spaces."""
    assert answer.status_code == 200
    return answer.text.replace("\u00a0", " ")


def habits(department: Department, *, many: int = 40) -> None:
    """A past of so many dossiers: answers in 51 to 90 days, checks in 1 to 40."""
    found = Measures(department.now.date())
    for n in range(many):
        found.note("investment_grant", "LP-MOB", ANSWER, 51 + n, is_end=True)
        found.note("investment_grant", "LP-MOB", COMPLETE, 10 + n % 10, is_end=True)
        found.note("investment_grant", "LP-MOB", step_of("CheckCompleteness"), n, is_end=True)
        slow = end_of("completeness", "CheckCompleteness")
        found.note("investment_grant", "", slow, 60 + n, is_end=True)
    department.run(lambda session: usual_delays.rewrite(session, found, now=department.now))


def test_the_public_page_tells_what_is_usual(department: Department, sign_in: SignIn) -> None:
    browser = sign_in("mairie.commercy")
    habits(department)

    page = plain(browser.get("/dispositifs/LP-MOB"))

    assert (
        "La moitié des demandes complètes ont eu leur réponse en 70 jours ; 9 sur 10 en 86 jours "
        "(mesuré sur 40 demandes)."
    ) in page
    assert "tous dispositifs réunis" in plain(browser.get("/dispositifs/LP-NUM"))


def test_too_few_dossiers_tell_nothing(department: Department, sign_in: SignIn) -> None:
    browser = sign_in("mairie.commercy")
    habits(department, many=19)

    assert "La moitié des demandes" not in plain(browser.get("/dispositifs/LP-MOB"))


def test_a_dossier_that_will_be_late_is_listed_with_its_forecast(
    department: Department, sign_in: SignIn
) -> None:
    browser = sign_in("chef")
    habits(department)
    play = department.dossier()

    page = plain(browser.get("/pilotage"))
    assert "Vont sans doute dépasser" in page
    assert re.search(r"moins de 30 jours<span class=\"vh\"> : \d+ dossiers?", page)
    assert f"/dossiers/{play.row.reference}/delais" in page
    assert "Le délai sera dépassé, sauf imprévu." in page
    assert "Délais habituels" in plain(browser.get("/pilotage/delais"))
    shown = plain(browser.get(f"/dossiers/{play.row.reference}/delais"))
    assert "Prévision" in shown
    assert "Vérifier la complétude (20 jours d’habitude)" in shown


def test_what_no_session_can_save_is_listed_as_certain_to_be_late(
    department: Department, sign_in: SignIn
) -> None:
    """The legal day falls before the next session: no past is needed to know it is missed."""
    browser = sign_in("chef")
    play = department.dossier(until="ExamineRequest")
    department.run(lambda session: sit(session, play.today + timedelta(days=75)))

    shown = plain(browser.get(f"/dossiers/{play.row.reference}/delais"))
    assert "Le délai sera dépassé, sauf imprévu." in shown
    assert "Prochaine séance" in shown
    listed = plain(browser.get("/pilotage/delais"))
    risks = listed[listed.index("Vont sans doute dépasser") :]
    assert f"/dossiers/{play.row.reference}/delais#silence_public" in risks
    assert "Prochaine séance" in risks


def sit(session: Session, day: date) -> None:
    """The only session to come sits that day."""
    session.execute(update(CommitteeSession).values(status=SessionStatus.HELD))
    person = session.scalars(select(Person)).first()
    assert person is not None
    session.add(
        CommitteeSession(
            body="standing_committee",
            held_on=day,
            agenda_closes_on=day,
            status=SessionStatus.PREPARATION,
            created_by_id=person.id,
            created_at=datetime(day.year, 1, 1, tzinfo=UTC),
        )
    )


def test_the_time_the_applicant_takes_is_not_ours(department: Department) -> None:
    """Seven days to ask for pieces, thirty to receive them, one to check: eight are told."""
    past = department.now
    play = department.dossier()
    play.wait(days=7)
    play.usual(
        "CheckCompleteness",
        completeness="missing",
        missing_pieces=[{"piece": "quotes", "reason": "Le devis n’est pas daté."}],
    )
    play.wait(days=30)
    play.attach_requested()
    play.usual("ProvidePieces")
    play.wait(days=1)
    play.usual("CheckCompleteness")

    found = department.read(lambda session: usual_delays.measure(session, today=play.today))
    lives = found.lives["investment_grant", "LP-MOB", COMPLETE]
    assert lives[8, True] >= 1
    assert department.now - past == timedelta(days=38)


def test_open_dossiers_are_counted_and_ended_ones_leave_the_count(
    department: Department,
) -> None:
    play = department.dossier(until="ExamineRequest")
    before = measured(department)
    assert before.lives["investment_grant", "LP-MOB", ANSWER].total() >= 1
    open_now = sum(
        count
        for (_, is_end), count in before.lives["investment_grant", "LP-MOB", ANSWER].items()
        if not is_end
    )

    play.until("AwaitSession")
    play.vote()

    after = measured(department).lives["investment_grant", "LP-MOB", ANSWER]
    still = sum(count for (_, is_end), count in after.items() if not is_end)
    assert still == open_now - 1


def measured(department: Department) -> Measures:
    """What the past of the department says today."""
    today = department.now.date()
    return department.read(lambda session: usual_delays.measure(session, today=today))


def test_the_scheme_is_told_before_the_type(department: Department) -> None:
    habits(department)

    def both(session: Session) -> tuple[bool, bool]:
        mob = told(session, "investment_grant", "LP-MOB", ANSWER)
        num = told(session, "investment_grant", "LP-NUM", ANSWER)
        assert mob is not None
        assert num is not None
        return mob.is_of_scheme, num.is_of_scheme

    assert department.read(both) == (True, False)
