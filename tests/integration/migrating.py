"""How does a test change a dossier type, and have dossiers follow? Edits of the investment grant, in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions import versions
from app.actions.migrations import batch, plan
from app.actions.migrations.dry_run import Asked, DryRun, dry_run
from app.actions.migrations.plan import Chosen
from app.catalogue.pack import load_pack
from app.catalogue.published import DossierType
from app.domain.actor import Actor
from app.domain.migrations import PassageStatus
from app.domain.permissions import Role
from app.models.dossier import Draft
from app.models.job import Job, Subscription
from app.models.migration import Migration, Passage
from app.models.process import DossierProcess
from app.models.task import Task
from tests.builders import grant_pack
from tests.stories import Department, Play

ADMIN = Actor(person_id=None, name="Ada Martin", roles=frozenset({Role.ADMIN}))
RENAMED = "StudyRequest"
Edit = Callable[[str, str], str]


def rename(old: str, new: str) -> Edit:
    """One step has another key."""
    return lambda _path, text: text.replace(old, new)


def replaced(path: str, *pairs: tuple[str, str]) -> Edit:
    """Words of one file are others; each must have been there."""

    def edit(at: str, text: str) -> str:
        if at != path:
            return text
        for before, after in pairs:
            assert before in text, f"{path} holds no {before!r}"
            text = text.replace(before, after)
        return text

    return edit


def inserted(step: str, before: str, like: str) -> Edit:
    """One more step on every flow that enters another, with the form of a third."""

    def edit(path: str, text: str) -> str:
        if path == "process.bpmn":
            task = f'<bpmn:userTask id="{step}" name="{step}"/>'
            arrow = (
                f'<bpmn:sequenceFlow id="{step}_out" sourceRef="{step}" targetRef="{before}"/>'
            )
            text = text.replace(f'targetRef="{before}"', f'targetRef="{step}"')
            lane = f"<bpmn:flowNodeRef>{like}</bpmn:flowNodeRef>"
            assert lane in text
            text = text.replace(lane, f"{lane}<bpmn:flowNodeRef>{step}</bpmn:flowNodeRef>")
            return text.replace("</bpmn:process>", f"{task}{arrow}</bpmn:process>")
        if path == "manifest.toml":
            return (
                text + f'\n[steps.{step}]\ntitle = "{step}"\n\n[[steps.{step}.fields]]\n'
                'name = "remark"\nlabel = "Remarque"\ntype = "text"\n'
            )
        return text

    return edit


def edited(house: Department, *edits: Edit) -> UUID:
    """Publish the investment grant as these edits make it."""
    files = dict(grant_pack().files)
    for edit in edits:
        files = {
            path: edit(path, data.decode()).encode()
            if path.endswith((".bpmn", ".toml"))
            else data
            for path, data in files.items()
        }
    pack = load_pack(files)
    return house.run(
        lambda session: versions.publish(session, pack, by="Ada Martin", now=house.now).id
    )


@dataclass
class Change:
    """A migration being tried on the dossiers of a department."""

    house: Department
    target_id: UUID
    mapping: Mapping[str, str] | None = None
    given: Mapping[str, str] | None = None
    source_id: UUID | None = None

    def asked(self, session: Session) -> Asked:
        """From the version of the department's dossiers to the other."""
        types = self.house.console.types
        source = self.source_id or self._first(session)
        return Asked(
            types.get(session, source),
            types.get(session, self.target_id),
            self.mapping or {},
            self.given or {},
        )

    def _first(self, session: Session) -> UUID:
        found = select(DossierProcess.definition_id).where(
            DossierProcess.definition_id != self.target_id
        )
        first = session.scalar(found.limit(1))
        assert first is not None
        return first

    def look(self) -> DryRun:
        """The dry run."""
        house = self.house
        return house.read(
            lambda session: dry_run(session, house.console, self.asked(session), now=house.now)
        )

    def kept(self) -> UUID:
        """The dry run, stored."""
        found = self.look()
        return self.house.run(
            lambda session: plan.keep(
                session, ADMIN, self.asked(session), found, now=self.house.now
            )
        )

    def done(self, *plays: Play) -> UUID:
        """Those dossiers (or all that may) have moved."""
        migration_id = self.kept()
        chosen = Chosen([play.dossier_id for play in plays] if plays else None)
        start(self.house, migration_id, chosen)
        self.turn(migration_id)
        return migration_id

    def turn(self, migration_id: UUID, *, limit: int = 1000) -> None:
        """One batch."""
        house = self.house
        batch.run_batch(house.database, house.console, migration_id, limit=limit, now=house.now)


def start(house: Department, migration_id: UUID, chosen: Chosen | None = None) -> int:
    """Have the dossiers wait for their turn."""
    return house.run(
        lambda session: plan.start(
            session,
            ADMIN,
            migration_id,
            chosen or Chosen(),
            reason="Nouveau règlement",
            now=house.now,
        )
    )


def undone(house: Department, migration_id: UUID) -> None:
    """Every dossier that may is back."""
    house.run(
        lambda session: plan.undo(session, ADMIN, migration_id, reason="Erreur.", now=house.now)
    )
    all_turned(house, migration_id)


def all_turned(house: Department, migration_id: UUID) -> None:
    """Batch after batch, as a clock does, until no dossier waits for its turn."""
    while batch.run_batch(
        house.database, house.console, migration_id, limit=500, now=house.now
    ):
        pass


def became(house: Department, migration_id: UUID) -> dict[UUID, tuple[PassageStatus, str]]:
    """What became of each dossier."""
    query = select(Passage).where(Passage.migration_id == migration_id)
    return house.read(
        lambda session: {
            one.dossier_id: (one.status, one.outcome) for one in session.scalars(query)
        }
    )


def migration(house: Department, migration_id: UUID) -> Migration:
    """Its row."""
    return house.read(lambda session: session.get_one(Migration, migration_id))


def version_of(house: Department, play: Play) -> DossierType:
    """The version a dossier follows."""
    return house.read(
        lambda session: house.console.types.get(
            session, session.get_one(DossierProcess, play.dossier_id).definition_id
        )
    )


def portrait(house: Department, play: Play) -> dict[str, object]:
    """Everything a migration may touch of a dossier, to be compared."""

    def look(session: Session) -> dict[str, object]:
        process = session.get_one(DossierProcess, play.dossier_id)
        tables = {"task": Task, "draft": Draft, "job": Job, "subscription": Subscription}
        rows = {
            name: sorted(
                str(
                    {
                        column.key: getattr(row, column.key)
                        for column in table.__table__.columns
                        if column.key != "revision"
                    }
                )
                for row in session.scalars(
                    select(table).where(table.__table__.c.dossier_id == play.dossier_id)
                )
            )
            for name, table in tables.items()
        }
        return {
            "state": process.state,
            "marking": process.marking,
            "due_at": process.due_at,
            "status": process.status,
            "definition": process.definition_id,
            "followed": play.row.definition_id,
            "phase": play.row.phase,
            "facts": play.row.facts,
            **rows,
        }

    return house.read(look)
