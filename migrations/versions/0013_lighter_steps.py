"""A step writes less: the form that did a task is told by the task itself, and no index says it twice.

Open tasks alone are looked up by dossier; on SQLite rows live in their primary key where it is all
they are found by.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

#: Tables without a hidden row number, on SQLite.
_WITHOUT_ROWID = ("answer", "pending_dispatch")
_OPEN = sa.text("status = 'open'")
_SENT = sa.text("form_key IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_task_dossier", table_name="task")
    op.create_index(
        "ix_task_open", "task", ["dossier_id"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.add_column("task", sa.Column("form_key", sa.String(64), nullable=True))
    op.add_column("task", sa.Column("content_hash", sa.String(64), nullable=True))
    for column, kept in (("form_key", "key"), ("content_hash", "content_hash")):
        op.execute(
            f"UPDATE task SET {column} ="  # noqa: S608 - names of our own
            f" (SELECT {kept} FROM completion WHERE completion.task_id = task.id)"
        )
    op.create_index(
        "uq_task_form_key",
        "task",
        ["form_key"],
        unique=True,
        sqlite_where=_SENT,
        postgresql_where=_SENT,
    )
    op.drop_table("completion")
    _rewrite(with_rowid=False)


def downgrade() -> None:
    _rewrite(with_rowid=True)
    op.create_table(
        "completion",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_completion_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_completion_dossier_id_dossier")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name=op.f("fk_completion_task_id_task")
        ),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_completion")),
        sa.UniqueConstraint(
            "dossier_id", "step", "round", name=op.f("uq_completion_dossier_id_step_round")
        ),
        sa.UniqueConstraint("key", name=op.f("uq_completion_key")),
    )
    op.execute(
        "INSERT INTO completion"
        " SELECT task.id, task.dossier_id, task.step, task.round, form_key, content_hash,"
        " done_by_id, done_at, journal.seq FROM task"
        " JOIN journal ON journal.dossier_id = task.dossier_id AND journal.task_id = task.id"
        " AND journal.kind = 'completed' WHERE form_key IS NOT NULL"
    )
    op.drop_index("uq_task_form_key", table_name="task")
    op.drop_column("task", "content_hash")
    op.drop_column("task", "form_key")
    op.drop_index("ix_task_open", table_name="task")
    op.create_index("ix_task_dossier", "task", ["dossier_id", "status"])


def _rewrite(*, with_rowid: bool) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in _WITHOUT_ROWID:
        kept = {"sqlite_with_rowid": with_rowid}
        with op.batch_alter_table(table, recreate="always", table_kwargs=kept):
            pass
