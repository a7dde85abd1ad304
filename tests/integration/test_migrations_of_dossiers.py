"""Do dossiers in flight follow another version, with their tasks, drafts and history, and come back?"""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions import tasks
from app.actions.incidents import raise_incident
from app.actions.journal import broken_link
from app.actions.migrations import plan
from app.actions.migrations.dry_run import Asked, ValueUnreadable, dry_run, read_value
from app.actions.migrations.plan import (
    Chosen,
    MigrationOver,
    MigrationReasonMissing,
    NobodyChosen,
    SameVersion,
)
from app.catalogue.published import type_of_pack
from app.domain.actor import Actor
from app.domain.errors import FourEyes, NotAllowed
from app.domain.events import EventKind
from app.domain.migrations import MigrationStatus, PassageStatus, VerdictKind
from app.domain.permissions import Role
from app.models.dossier import Answer, Draft
from app.models.people import Person, PersonRole
from tests.builders import grant_pack
from tests.integration.migrating import (
    ADMIN,
    RENAMED,
    Change,
    became,
    edited,
    inserted,
    migration,
    portrait,
    rename,
    replaced,
    start,
    undone,
    version_of,
)
from tests.stories import Department

FORM = "manifest.toml"
HEAD = ('fr = "Viser la proposition (chef', 'fr = "Relire et viser la proposition (chef')


def test_a_dossier_goes_on_in_the_new_version_to_its_end(department: Department) -> None:
    play = department.dossier(until="HeadVisa")
    target = edited(department, inserted("SecondReading", "FinanceVisa", "HeadVisa"))
    before = play.task("HeadVisa")
    Change(department, target).done(play)
    assert version_of(department, play).version == 2
    assert play.open == ["HeadVisa"]
    assert play.task("HeadVisa").id == before.id
    play.usual("HeadVisa")
    assert play.open == ["SecondReading"]
    play.do("SecondReading", "chef", remark="Relu.")
    assert play.open == ["FinanceVisa"]
    play.until("ClaimPayment")


def test_the_history_tells_the_change_with_its_reason_and_its_author(
    department: Department,
) -> None:
    play = department.dossier(until="HeadVisa")
    target = edited(department, inserted("SecondReading", "FinanceVisa", "HeadVisa"))
    Change(department, target).done(play)
    entry = play.journal[-1]
    assert entry.kind == EventKind.MIGRATED
    assert (entry.body["from"], entry.body["to"]) == (1, 2)
    assert entry.personal is not None
    assert entry.personal["reason"] == "Nouveau règlement"
    assert entry.personal["actor"] == "Ada Martin"
    assert department.read(lambda session: broken_link(session, play.dossier_id)) is None


def test_a_renamed_step_takes_its_task_its_draft_and_its_answers_along(
    department: Department,
) -> None:
    play = department.dossier(until="ExamineRequest")
    task, agent = play.task("ExamineRequest"), department.actor("agent")
    typed = {"reasons": ["Un bon projet"]}
    department.run(
        lambda session: tasks.save_draft(session, agent, task.id, typed, now=department.now)
    )
    target = edited(department, rename("ExamineRequest", RENAMED))
    change = Change(department, target)
    look = change.look()
    verdict = next(one for one in look.dossiers if one.dossier_id == play.dossier_id)
    assert verdict.kind is VerdictKind.MAPPING
    assert look.steps["ExamineRequest"][0].step == RENAMED
    assert look.steps["ExamineRequest"][0].confidence == "high"

    change.mapping = {"ExamineRequest": RENAMED}
    change.done(play)
    moved = play.task(RENAMED)
    assert (moved.id, moved.token, moved.assignee_id) == (task.id, task.token, task.assignee_id)

    def drafts(session: Session) -> list[tuple[str, object]]:
        found = session.scalars(select(Draft).where(Draft.dossier_id == play.dossier_id))
        return [(one.step, one.data) for one in found]

    assert department.read(drafts) == [(RENAMED, typed)]
    answers = department.read(
        lambda session: set(
            session.scalars(select(Answer.step).where(Answer.dossier_id == play.dossier_id))
        )
    )
    assert "CheckCompleteness" in answers
    play.do(RENAMED, "agent", **play.answers("ExamineRequest"))
    assert play.open == ["HeadVisa"]


def test_four_eyes_see_through_a_change_of_name(department: Department) -> None:
    play = department.dossier(until="HeadVisa")
    examined_by = department.people["agent"]
    grant(department, examined_by, Role.HEAD)
    target = edited(department, rename("ExamineRequest", RENAMED))
    Change(department, target).done(play)
    with pytest.raises(FourEyes):
        play.usual("HeadVisa", "agent")
    play.usual("HeadVisa")


def grant(department: Department, person: Person, role: Role) -> None:
    """One more role for somebody."""

    def add(session: Session) -> None:
        session.add(PersonRole(person_id=person.id, role=role))

    department.run(add)
    department.people["agent"] = department.run(
        lambda session: session.scalars(
            select(Person)
            .where(Person.id == person.id)
            .execution_options(populate_existing=True)
        ).one()
    )


def test_names_roles_and_deadlines_are_those_of_the_new_version(department: Department) -> None:
    play = department.dossier(until="HeadVisa")
    before = play.task("HeadVisa")
    target = edited(
        department,
        replaced(FORM, HEAD),
        replaced(FORM, (_deadline(), "deadline = { working_days = 60 }\npriority = 90")),
    )
    Change(department, target).done(play)
    after = play.task("HeadVisa")
    assert after.name.startswith("Relire et viser")
    assert after.priority == 90
    assert before.due_on is not None
    assert after.due_on is not None
    assert after.due_on > before.due_on
    assert after.created_at == before.created_at


def _deadline() -> str:
    """What the pack says of the first visa, up to its deadline: other steps say the same."""
    text = grant_pack().files[FORM].decode()
    step = text[text.index('button = "Enregistrer mon visa"') :]
    line = next(one for one in step.splitlines() if one.startswith("deadline"))
    assert text.count(line) > 1
    return line


def test_what_was_migrated_comes_back_byte_for_byte(department: Department) -> None:
    plays = [department.dossier(until=step) for step in ("GiveOpinion", "HeadVisa")]
    waiting = department.dossier(until="CheckCompleteness")
    missing = [{"piece": "quotes", "reason": "Illisible."}]
    waiting.do("CheckCompleteness", completeness="missing", missing_pieces=missing)
    plays.append(waiting)
    before = [portrait(department, play) for play in plays]
    target = edited(
        department,
        rename("HeadVisa", "FirstVisa"),
        inserted("SecondReading", "FinanceVisa", "DirectionVisa"),
        replaced("process.bpmn", ("days=15)", "days=40)")),
    )
    migration_id = Change(department, target, {"HeadVisa": "FirstVisa"}).done(*plays)
    assert all(version_of(department, play).version == 2 for play in plays)
    assert [portrait(department, play) for play in plays] != before

    department.wait(days=1)
    undone(department, migration_id)
    assert [portrait(department, play) for play in plays] == before
    assert migration(department, migration_id).status is MigrationStatus.UNDONE
    plays[1].until("ClaimPayment")


def test_a_dossier_that_has_moved_since_is_kept_and_said(department: Department) -> None:
    still, moving = department.dossier(until="HeadVisa"), department.dossier(until="HeadVisa")
    target = edited(department, inserted("SecondReading", "FinanceVisa", "HeadVisa"))
    before = portrait(department, still)
    migration_id = Change(department, target).done(still, moving)
    moving.usual("HeadVisa")
    undone(department, migration_id)
    assert portrait(department, still) == before
    found = became(department, migration_id)
    assert found[still.dossier_id] == (PassageStatus.RETURNED, "")
    status, why = found[moving.dossier_id]
    assert status is PassageStatus.KEPT
    assert "a avancé" in why
    assert moving.open == ["SecondReading"]


def test_a_claim_since_is_no_move_and_stays(department: Department) -> None:
    play = department.dossier(until="FinanceVisa")
    target = edited(department, inserted("SecondReading", "DirectionVisa", "DirectionVisa"))
    migration_id = Change(department, target).done(play)
    task, finance = play.task("FinanceVisa"), department.actor("finances")
    department.run(lambda session: tasks.claim(session, finance, task.id, now=department.now))
    undone(department, migration_id)
    assert version_of(department, play).version == 1
    assert play.task("FinanceVisa").assignee_id == finance.person_id


def test_a_dossier_that_moved_since_the_dry_run_is_proved_again(department: Department) -> None:
    play, other = department.dossier(until="HeadVisa"), department.dossier(until="HeadVisa")
    target = edited(department, rename("FinanceVisa", "MoneyVisa"))
    change = Change(department, target)
    migration_id = change.kept()
    start(department, migration_id, Chosen([play.dossier_id, other.dossier_id]))
    play.usual("HeadVisa")
    change.turn(migration_id)
    found = became(department, migration_id)
    assert found[other.dossier_id][0] is PassageStatus.MOVED
    status, why = found[play.dossier_id]
    assert status is PassageStatus.LEFT
    assert "change d’identifiant" in why
    assert play.open == ["FinanceVisa"]


def test_a_selection_moves_and_the_others_stay(department: Department) -> None:
    one, two = department.dossier(until="HeadVisa"), department.dossier(until="FinanceVisa")
    target = edited(department, inserted("SecondReading", "DirectionVisa", "DirectionVisa"))
    change = Change(department, target)
    migration_id = change.kept()
    assert start(department, migration_id, Chosen(positions=["FinanceVisa"])) >= 1
    change.turn(migration_id)
    assert version_of(department, two).version == 2
    assert version_of(department, one).version == 1
    assert start(department, migration_id, Chosen(references=[str(one.row.reference)])) == 1
    change.turn(migration_id)
    assert version_of(department, one).version == 2


def test_batches_of_two_end_when_nobody_waits(department: Department) -> None:
    plays = [department.dossier(until="HeadVisa") for _ in range(3)]
    target = edited(department, inserted("SecondReading", "DirectionVisa", "DirectionVisa"))
    change = Change(department, target)
    migration_id = change.kept()
    start(department, migration_id, Chosen([play.dossier_id for play in plays]))
    seen = []
    for _ in range(2):
        change.turn(migration_id, limit=2)
        seen.append(migration(department, migration_id).status)
    assert seen == [MigrationStatus.RUNNING, MigrationStatus.DONE]


def test_a_dossier_stopped_by_an_incident_stays(department: Department) -> None:
    play = department.dossier(until="HeadVisa")
    department.run(
        lambda session: raise_incident(
            session, play.dossier_id, kind="timer", cause="x", now=department.now
        )
    )
    target = edited(department, inserted("SecondReading", "DirectionVisa", "DirectionVisa"))
    look = Change(department, target).look()
    found = next(one for one in look.dossiers if one.dossier_id == play.dossier_id)
    assert found.kind is VerdictKind.STAYS
    assert "incident" in found.reasons[0].sentence


def test_a_draft_of_a_version_can_be_looked_at_before_it_is_published(
    department: Department,
) -> None:
    play = department.dossier(until="HeadVisa")
    draft = type_of_pack(grant_pack())

    def look(session: Session) -> VerdictKind:
        source = department.console.types.get(session, play.row.definition_id)
        found = dry_run(session, department.console, Asked(source, draft), now=department.now)
        return next(one.kind for one in found.dossiers if one.dossier_id == play.dossier_id)

    assert department.read(look) is VerdictKind.SAFE


def test_a_new_delay_counts_from_the_day_the_wait_began(department: Department) -> None:
    play = department.dossier(until="CheckCompleteness")
    missing = [{"piece": "quotes", "reason": "Illisible."}]
    play.do("CheckCompleteness", completeness="missing", missing_pieces=missing)
    before = portrait(department, play)["due_at"]
    department.wait(days=3)
    text = grant_pack().diagram.decode()
    timer = text[text.index('<bpmn:boundaryEvent id="PiecesOverdue"') :]
    written = timer[timer.index("<bpmn:timeD") : timer.index("</bpmn:timerEventDefinition>")]
    target = edited(
        department,
        replaced(
            "process.bpmn",
            (written, "<bpmn:timeDuration>P10D</bpmn:timeDuration>"),
        ),
    )
    migration_id = Change(department, target).done(play)
    after = portrait(department, play)["due_at"]
    assert after == department.now - timedelta(days=3) + timedelta(days=10)
    undone(department, migration_id)
    assert portrait(department, play)["due_at"] == before


def test_what_is_asked_wrongly_is_refused_with_a_sentence(department: Department) -> None:
    play = department.dossier(until="HeadVisa")
    target = edited(department, inserted("SecondReading", "DirectionVisa", "DirectionVisa"))
    change = Change(department, target)
    migration_id = change.kept()

    def begin(actor: Actor, reason: str, chosen: Chosen) -> None:
        department.run(
            lambda session: plan.start(
                session, actor, migration_id, chosen, reason=reason, now=department.now
            )
        )

    with pytest.raises(MigrationReasonMissing):
        begin(ADMIN, "  ", Chosen())
    with pytest.raises(NobodyChosen):
        begin(ADMIN, "x", Chosen([]))
    with pytest.raises(NotAllowed):
        begin(department.actor("agent"), "x", Chosen())
    with pytest.raises(MigrationOver):
        department.run(
            lambda session: plan.undo(
                session, ADMIN, migration_id, reason="Erreur.", now=department.now
            )
        )
    with pytest.raises(SameVersion):
        Change(department, play.row.definition_id, source_id=play.row.definition_id).kept()
    with pytest.raises(ValueUnreadable):
        read_value("amount", " ")


def test_values_are_read_as_people_write_them() -> None:
    assert read_value("x", "oui") is True
    assert read_value("x", "12 600,50".replace(" ", "\u202f")) == read_value("x", "12600.50")
    assert read_value("x", "3") == 3
    assert read_value("x", "favorable") == "favorable"
    assert read_value("x", "2026-03-20") == "2026-03-20"
