"""Do statements sent straight to the driver say and answer what SQLAlchemy's own would?"""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import bindparam, delete, event, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.actions.open_tasks import OF_DOSSIER
from app.database import Database, open_database
from app.domain.errors import NotFound
from app.models.base import table_of
from app.models.journal import PendingDispatch
from app.models.people import Organisation, OrganisationKind
from app.prepared import Call, Line, Prepared

_HOMES = table_of(Organisation)
_MARKS = table_of(PendingDispatch)
_INSERT = Prepared(
    insert(_HOMES).values(survey_answered=True),
    [column.key for column in _HOMES.columns if column.key != "survey_answered"],
)
_READ = Prepared(select(_HOMES).where(_HOMES.c.id == bindparam("home")).order_by(_HOMES.c.name))
_RENAME = Prepared(update(_HOMES).where(_HOMES.c.id == bindparam("home")), ("name",))
_MARK = Prepared(insert(_MARKS), _MARKS.c.keys())
_FORGET = Prepared(delete(_HOMES).where(_HOMES.c.id == bindparam("home")))


def home(name: str) -> dict[str, object]:
    """The values of a town hall."""
    empty: dict[str, object] = {
        column.key: None if column.nullable else False for column in _HOMES.columns
    }
    return {**empty, "id": uuid4(), "kind": OrganisationKind.COMMUNE, "name": name}


@pytest.fixture
def towns(database: Database) -> list[dict[str, object]]:
    """Two town halls, written together."""
    values = [home("Ancerville"), home("Bar-le-Duc")]
    database.run_tx(
        lambda session, _now: Line(session).together(*(Call(_INSERT, one) for one in values))
    )
    return values


def test_a_row_reads_as_the_orm_reads_it(
    database: Database, towns: list[dict[str, object]]
) -> None:
    with database.reading() as session:
        (row,) = Line(session).rows(_READ, {"home": towns[0]["id"]})
        expected = session.execute(select(_HOMES).where(_HOMES.c.name == "Ancerville")).one()

    assert row == tuple(expected)
    assert isinstance(row[0], UUID)


def test_each_statement_answers_for_itself_and_sees_those_before_it(
    database: Database, towns: list[dict[str, object]]
) -> None:
    first, other = (one["id"] for one in towns)

    def action(session: Session, _now: datetime) -> list[object]:
        told = Line(session).together(
            Call(_READ, {"home": first}),
            Call(_RENAME, {"home": first, "name": "Commercy"}),
            Call(_READ, {"home": first}),
            Call(_RENAME, {"home": uuid4(), "name": "Nulle part"}),
            Call(_FORGET, {"home": other}),
            Call(_READ, {"home": other}),
        )
        return [
            one.rows[0][_HOMES.c.keys().index("name")] if one.rows else one.written
            for one in told
        ]

    assert database.run_tx(action) == ["Ancerville", 1, "Commercy", 0, 1, 0]


def test_a_refusal_that_is_due_undoes_the_transaction(
    database: Database, towns: list[dict[str, object]]
) -> None:
    first = {"home": towns[0]["id"]}

    def action(session: Session, _now: datetime) -> None:
        Line(session).together(
            Call(_RENAME, {**first, "name": "Perdu"}),
            Call(_RENAME, {"home": uuid4(), "name": "Nulle part"}, NotFound),
        )

    with pytest.raises(NotFound):
        database.run_tx(action)
    with database.reading() as session:
        assert Line(session).scalar(Prepared(select(_HOMES.c.name).limit(1)), {}) != "Perdu"


def test_an_error_of_the_database_is_told_as_sqlalchemy_tells_it(
    database: Database, towns: list[dict[str, object]]
) -> None:
    lost = {"dossier_id": uuid4(), "seq": 1, "at": datetime(2026, 3, 2, tzinfo=UTC)}

    def action(session: Session, _now: datetime) -> None:
        Line(session).together(
            Call(_RENAME, {"home": towns[0]["id"], "name": "Perdu"}), Call(_MARK, lost)
        )

    with pytest.raises(IntegrityError) as told:
        database.run_tx(action)
    assert "pending_dispatch" in str(told.value.statement)


def test_whoever_listens_to_the_engine_hears_them(
    database: Database, towns: list[dict[str, object]]
) -> None:
    heard: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *told: heard.append(told[2]))

    calls = [Call(_RENAME, {"home": one["id"], "name": "Vu"}) for one in towns]
    database.run_tx(lambda session, _now: Line(session).together(*calls))

    assert sum(one.startswith("UPDATE organisation") for one in heard) == 2


def test_what_looks_its_values_up_when_it_runs_cannot_be_prepared(database: Database) -> None:
    several = Prepared(
        select(_HOMES.c.id).where(_HOMES.c.name.in_(bindparam("names", expanding=True)))
    )

    with database.reading() as session, pytest.raises(ValueError, match="cannot be prepared"):
        Line(session).rows(several, {"names": ("a",)})


@pytest.mark.parametrize("is_tried", [False, True])
def test_a_connection_that_died_while_it_rested_is_replaced(
    postgres_url: str, *, is_tried: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that rested is tried first; one that did not fails once, and the action runs again."""
    database, other = open_database(postgres_url), open_database(postgres_url)
    mine = database.run_tx(
        lambda session, _now: session.scalar(text("SELECT pg_backend_pid()"))
    )
    other.run_tx(
        lambda session, _now: session.execute(text(f"SELECT pg_terminate_backend({mine})"))
    )
    if is_tried:
        monkeypatch.setattr("app.database._RESTED", 0.0)

    theirs = database.run_tx(
        lambda session, _now: session.scalar(text("SELECT pg_backend_pid()"))
    )

    assert theirs not in {None, mine}
    database.dispose()
    other.dispose()


def test_the_index_of_open_tasks_serves_who_asks_for_them(database: Database) -> None:
    """A partial index helps only a statement in which its condition can be read."""
    with database.reading() as session:
        line = Line(session)
        said = OF_DOSSIER.text(line.connection.dialect)
        if database.is_sqlite:
            plan = line.connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {said.sql}", tuple(said.values({"dossier_id": uuid4()}))
            )
        else:
            line.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            plan = line.connection.exec_driver_sql(
                f"EXPLAIN {said.sql}", said.values({"dossier_id": uuid4()})
            )

        assert "ix_task_open" in str(plan.all())
