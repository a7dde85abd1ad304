"""Jobs, subscriptions and links of dossiers; incidents say more; Liasse may deposit a piece."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
#: SQLite copies the table it alters; those it refers to are left unread (an index on an expression
#: cannot be read back, and reading it warns).
ALONE = {"resolve_fks": False}

_LIVE = "status IN ('waiting', 'running')"


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=True),
        sa.Column("step", sa.String(length=100), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(length=80), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_job_dossier_id_dossier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    due = sa.text(f"{_LIVE} AND run_at IS NOT NULL")
    op.create_index("ix_job_due", "job", ["run_at"], sqlite_where=due, postgresql_where=due)
    token = sa.text(f"{_LIVE} AND token IS NOT NULL")
    op.create_index(
        "uq_job_live_token",
        "job",
        ["dossier_id", "token"],
        unique=True,
        sqlite_where=token,
        postgresql_where=token,
    )
    op.create_index("ix_job_dossier_topic", "job", ["dossier_id", "topic"])
    op.create_table(
        "subscription",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_subscription_dossier_id_dossier")
        ),
        sa.PrimaryKeyConstraint("dossier_id", "kind", "name", name=op.f("pk_subscription")),
    )
    op.create_index("ix_subscription_event", "subscription", ["kind", "name", "key"])
    op.create_table(
        "dossier_link",
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("step", sa.String(length=100), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["child_id"], ["dossier.id"], name=op.f("fk_dossier_link_child_id_dossier")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["dossier.id"], name=op.f("fk_dossier_link_parent_id_dossier")
        ),
        sa.PrimaryKeyConstraint("child_id", name=op.f("pk_dossier_link")),
        sa.UniqueConstraint("key", name=op.f("uq_dossier_link_key")),
    )
    op.create_index(op.f("ix_dossier_link_parent_id"), "dossier_link", ["parent_id"])
    _incidents_say_more()
    with op.batch_alter_table("document", reflect_kwargs=ALONE) as batch_op:
        batch_op.alter_column("deposited_by_id", existing_type=sa.Uuid(), nullable=True)


def _incidents_say_more() -> None:
    with op.batch_alter_table("incident", reflect_kwargs=ALONE) as batch_op:
        batch_op.add_column(
            sa.Column("detail", sa.Text(), nullable=False, server_default=sa.text("''"))
        )
        batch_op.add_column(sa.Column("step", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("job_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("owner_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_incident_job_id_job"), "job", ["job_id"], ["id"])
        batch_op.create_foreign_key(
            op.f("fk_incident_owner_id_person"), "person", ["owner_id"], ["id"]
        )
        batch_op.create_index(op.f("ix_incident_job_id"), ["job_id"])
        batch_op.create_index(op.f("ix_incident_kind"), ["kind"])
    with op.batch_alter_table("incident", reflect_kwargs=ALONE) as batch_op:
        batch_op.alter_column("detail", existing_type=sa.Text(), server_default=None)


def downgrade() -> None:
    # What Liasse wrote has no depositor: the rows go, the files stay until they are swept.
    op.execute("DELETE FROM document WHERE deposited_by_id IS NULL")
    with op.batch_alter_table("document", reflect_kwargs=ALONE) as batch_op:
        batch_op.alter_column("deposited_by_id", existing_type=sa.Uuid(), nullable=False)
    with op.batch_alter_table("incident", reflect_kwargs=ALONE) as batch_op:
        batch_op.drop_index(op.f("ix_incident_kind"))
        batch_op.drop_index(op.f("ix_incident_job_id"))
        batch_op.drop_constraint(op.f("fk_incident_owner_id_person"), type_="foreignkey")
        batch_op.drop_constraint(op.f("fk_incident_job_id_job"), type_="foreignkey")
        for column in ("owner_id", "job_id", "step", "detail"):
            batch_op.drop_column(column)
    op.drop_table("dossier_link")
    op.drop_table("subscription")
    op.drop_table("job")
