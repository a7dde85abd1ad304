"""Answers and marks of the dispatch live where they are looked for: a step touches fewer pages.

An answer is its dossier's, its step's, its round's, and needs no number of its own; on SQLite its
row, often long, is kept whole again. Marks are kept in the order they are dispatched in.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

#: On SQLite: rows kept in their primary key, which serves short ones; rows kept apart.
_IN_KEY = {"sqlite_with_rowid": False}
_APART = {"sqlite_with_rowid": True}


def upgrade() -> None:
    with op.batch_alter_table("answer", table_kwargs=_APART) as answer:
        answer.drop_constraint("uq_answer_dossier_id_step_round", type_="unique")
        answer.drop_constraint("pk_answer", type_="primary")
        answer.drop_column("id")
        answer.create_primary_key("pk_answer", ["dossier_id", "step", "round"])
    with op.batch_alter_table("pending_dispatch", table_kwargs=_IN_KEY) as mark:
        mark.drop_index("ix_pending_dispatch_at")
        mark.drop_constraint("pk_pending_dispatch", type_="primary")
        mark.create_primary_key("pk_pending_dispatch", ["at", "dossier_id", "seq"])


def downgrade() -> None:
    with op.batch_alter_table("pending_dispatch", table_kwargs=_IN_KEY) as mark:
        mark.drop_constraint("pk_pending_dispatch", type_="primary")
        mark.create_primary_key("pk_pending_dispatch", ["dossier_id", "seq"])
        mark.create_index("ix_pending_dispatch_at", ["at"])
    op.add_column("answer", sa.Column("id", sa.Uuid(), nullable=True))
    op.execute(f"UPDATE answer SET id = {_random_id()}")  # noqa: S608 - a function's name
    with op.batch_alter_table("answer", table_kwargs=_IN_KEY) as answer:
        answer.alter_column("id", nullable=False)
        answer.drop_constraint("pk_answer", type_="primary")
        answer.create_primary_key("pk_answer", ["id"])
        answer.create_unique_constraint(
            "uq_answer_dossier_id_step_round", ["dossier_id", "step", "round"]
        )


def _random_id() -> str:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    return "lower(hex(randomblob(16)))" if is_sqlite else "gen_random_uuid()"
