"""Facts of the legal clocks, where each stands, and how long things usually take."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OPEN = sa.text("ended_on IS NULL")


def upgrade() -> None:
    op.create_table(
        "clock_fact",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("clock", sa.String(length=60), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("effect_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("extra_count", sa.Integer(), nullable=True),
        sa.Column("extra_unit", sa.String(length=24), nullable=True),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_clock_fact_dossier_id_dossier")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_clock_fact_by_id_person")
        ),
        sa.PrimaryKeyConstraint("dossier_id", "clock", "rank", name=op.f("pk_clock_fact")),
    )
    op.create_table(
        "dossier_clock",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("clock", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("basis", sa.String(length=24), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("plain_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("paused_from", sa.Date(), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("stopped_days", sa.Integer(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_clock_dossier_id_dossier")
        ),
        sa.PrimaryKeyConstraint("dossier_id", "clock", name=op.f("pk_dossier_clock")),
    )
    op.create_index(
        "ix_dossier_clock_due",
        "dossier_clock",
        ["due_on"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_dossier_clock_clock", "dossier_clock", ["clock", "started_on"])
    op.create_table(
        "delay_curve",
        sa.Column("type_key", sa.String(length=60), nullable=False),
        sa.Column("scheme", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("observed", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("curve", sa.JSON(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("type_key", "scheme", "subject", name=op.f("pk_delay_curve")),
    )


def downgrade() -> None:
    op.drop_table("delay_curve")
    op.drop_table("dossier_clock")
    op.drop_table("clock_fact")
