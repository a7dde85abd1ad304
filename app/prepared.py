"""How does a statement of every step reach the database? Compiled once, sent straight to the driver.

SQLAlchemy spends more on running a statement than the database does: it looks the statement up,
builds a context, a cursor and a result for each. A statement prepared here keeps its compiled text
and what its values must go through; a `Line` hands them to the driver inside the transaction that
SQLAlchemy opened. Several statements that do not wait for each other's answers go together: on
PostgreSQL that is one journey.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    BindParameter,
    Connection,
    Delete,
    Dialect,
    Insert,
    Select,
    Update,
    literal_column,
)
from sqlalchemy.engine.interfaces import DBAPIModule
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.visitors import replacement_traverse

Row = tuple[Any, ...]
Values = Mapping[str, Any]
#: `psycopg.pq.TransactionStatus`: the driver says BEGIN with what comes next.
_IDLE = 0
Statement = Select[Any] | Insert | Update | Delete


class Call(NamedTuple):
    """A statement and its values."""

    statement: "Prepared"
    values: Values
    #: What is raised when it did not write exactly one row.
    otherwise: Callable[[], Exception] | None = None


class Told(NamedTuple):
    """What one statement answered: the rows it reads, or how many it wrote."""

    rows: Sequence[Row]
    written: int


class Prepared:
    """A Core statement whose every value is a `bindparam`, an inserted column, or fixed.

    `columns` are those an INSERT fills or an UPDATE changes, when the statement does not say.
    """

    def __init__(self, statement: Statement, columns: Sequence[str] = ()) -> None:
        self._statement = statement
        self._columns = list(columns) or None
        self._texts: dict[str, _Text] = {}

    def text(self, dialect: Dialect) -> "_Text":
        """The statement as that kind of database reads it."""
        found = self._texts.get(dialect.name)
        if found is None:
            found = _Text(self._statement, self._columns, dialect)
            self._texts[dialect.name] = found
        return found


class _Text:
    """A statement for one kind of database: its text, and the way of its values there and back."""

    def __init__(
        self, statement: Statement, columns: list[str] | None, dialect: Dialect
    ) -> None:
        compiled = _spelt(statement, dialect).compile(dialect=dialect, column_keys=columns)
        if compiled.post_compile_params or compiled.insert_prefetch or compiled.update_prefetch:
            raise ValueError(f"cannot be prepared: {compiled}")
        self.sql = str(compiled)
        slots = {name: _slot(bind, dialect) for bind, name in compiled.bind_names.items()}
        self._names = None if compiled.positional else tuple(slots)
        self._slots = [slots[name] for name in compiled.positiontup or slots]
        self.is_read = isinstance(statement, Select)
        columns_read = statement.selected_columns if isinstance(statement, Select) else ()
        self._types = [column.type.dialect_impl(dialect) for column in columns_read]
        self._dialect = dialect
        #: Places whose values are not yet Python's, known once the driver told its types.
        self._back: list[tuple[int, Callable[[Any], Any]]] | None = None

    def values(self, given: Values) -> Any:  # noqa: ANN401 - what the driver takes
        """The values as the driver takes them: by name, or in order."""
        ordered = [
            fixed if name is None else given[name] if into is None else into(given[name])
            for name, into, fixed in self._slots
        ]
        return ordered if self._names is None else dict(zip(self._names, ordered, strict=True))

    def rows(self, cursor: Any) -> Sequence[Row]:  # noqa: ANN401 - the driver's
        """What the driver read, as Python sees it."""
        if self._back is None:
            self._back = self._ways_back(cursor.description)
        found: list[Row] = cursor.fetchall()
        if not self._back:
            return found
        changed = [list(row) for row in found]
        for row in changed:
            for place, out in self._back:
                row[place] = out(row[place])
        return [tuple(row) for row in changed]

    def _ways_back(
        self, description: Sequence[Sequence[Any]]
    ) -> list[tuple[int, Callable[[Any], Any]]]:
        ways = [
            type_.result_processor(self._dialect, told[1])
            for type_, told in zip(self._types, description, strict=True)
        ]
        return [(place, out) for place, out in enumerate(ways) if out is not None]


#: The place of a value in a text: its name, what it goes through; or no name, and the value itself.
_Slot = tuple[str | None, Callable[[Any], Any] | None, Any]


def _slot(bind: BindParameter[Any], dialect: Dialect) -> _Slot:
    into = bind.type.dialect_impl(dialect).bind_processor(dialect)
    if bind.required:
        return bind.key, into, None
    value = bind.effective_value
    return None, None, value if into is None else into(value)


def _spelt(statement: Statement, dialect: Dialect) -> Statement:
    """The statement with the values that are always the same in its text.

    A database sees that `status = 'open'` is what a partial index holds; of a value that comes with
    each call PostgreSQL does not know it, and SQLite prepares the statement again each time.
    """

    def spelt(element: object, **_: object) -> ColumnElement[Any] | None:
        if not isinstance(element, BindParameter) or element.required:
            return None
        write = element.type.dialect_impl(dialect).literal_processor(dialect)
        value = element.effective_value
        if write is None or value is None:
            return None
        return literal_column(write(value), element.type)

    return cast(Statement, replacement_traverse(statement, {}, spelt))


class Line:
    """The open transaction of a session, for prepared statements.

    A session that stands in somebody's transaction (`Database.run_tx`) is not asked to begin.
    The database's errors are SQLAlchemy's, and whoever listens to the engine's statements hears
    these as well. What the session holds back until its next flush is not sent by it.
    """

    def __init__(self, session: Session) -> None:
        bind = session.bind
        self.connection = bind if isinstance(bind, Connection) else session.connection()
        self._driver: Any = self.connection.connection.driver_connection
        self._dialect = self.connection.dialect
        hears = self.connection.dispatch
        self._before = tuple(hears.before_cursor_execute)
        self._after = tuple(hears.after_cursor_execute)

    def rows(self, statement: Prepared, values: Values) -> Sequence[Row]:
        """The rows it reads."""
        return self.together(Call(statement, values))[0].rows

    def scalar(self, statement: Prepared, values: Values) -> Any:  # noqa: ANN401 - any column
        """The first column of the first row; None when there is none."""
        rows = self.rows(statement, values)
        return rows[0][0] if rows else None

    def together(self, *calls: Call) -> list[Told]:
        """Send statements in that order; the answers of all, or the first `otherwise` that is due."""
        texts = [call.statement.text(self._dialect) for call in calls]
        try:
            if self._is_journey_shared(calls):
                with self._driver.pipeline():
                    cursors = self._sent(texts, calls)
            else:
                cursors = self._sent(texts, calls)
            told = [_told(text, cursor) for text, cursor in zip(texts, cursors, strict=True)]
        except self._dialect.loaded_dbapi.Error as error:
            raise self._as_told_by_sqlalchemy(error, texts) from error
        for call, one in zip(calls, told, strict=True):
            if call.otherwise is not None and one.written != 1:
                raise call.otherwise()
        return told

    def _is_journey_shared(self, calls: Sequence[Call]) -> bool:
        """Do several things go to the server: statements, or the first one and its BEGIN?"""
        if self._dialect.name != "postgresql":
            return False
        return len(calls) > 1 or self._driver.pgconn.transaction_status == _IDLE

    def _sent(self, texts: Sequence["_Text"], calls: Sequence[Call]) -> list[Any]:
        connection, cursors = self.connection, []
        before, after = self._before, self._after
        for text, call in zip(texts, calls, strict=True):
            cursor, values = self._driver.cursor(), text.values(call.values)
            heard = (connection, cursor, text.sql, values, None, False)
            for listen in before:
                listen(*heard)
            cursor.execute(text.sql, values)
            for listen in after:
                listen(*heard)
            cursors.append(cursor)
        return cursors

    def _as_told_by_sqlalchemy(
        self, error: DBAPIModule.Error, texts: Sequence["_Text"]
    ) -> BaseException:
        dialect = self._dialect
        return DBAPIError.instance(
            "; ".join(text.sql for text in texts),
            None,
            error,
            dialect.loaded_dbapi.Error,
            connection_invalidated=dialect.is_disconnect(error, self._driver, None),
            dialect=dialect,
        )


def _told(text: "_Text", cursor: Any) -> Told:  # noqa: ANN401 - the driver's
    if text.is_read:
        return Told(text.rows(cursor), 0)
    return Told((), cursor.rowcount)
