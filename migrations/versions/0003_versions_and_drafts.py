"""Versions never change and say what they change; drafts, trials and the journal of types."""

import sqlalchemy as sa
from alembic import op

from migrations.version_guard import drop_guard, raise_guard

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "process_definition",
        sa.Column("note", sa.Text(), server_default="", nullable=False),
    )
    op.create_table(
        "pack_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by_id", sa.Uuid(), nullable=False),
        sa.Column("examined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("definition_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["person.id"], name=op.f("fk_pack_draft_uploaded_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["definition_id"],
            ["process_definition.id"],
            name=op.f("fk_pack_draft_definition_id_process_definition"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_draft")),
    )
    op.create_index(op.f("ix_pack_draft_key"), "pack_draft", ["key"])
    op.create_table(
        "trial",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("definition_id", sa.Uuid(), nullable=True),
        sa.Column("script", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by_id", sa.Uuid(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(draft_id IS NULL) <> (definition_id IS NULL)", name=op.f("ck_trial_one_pack")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["pack_draft.id"], name=op.f("fk_trial_draft_id_pack_draft")
        ),
        sa.ForeignKeyConstraint(
            ["definition_id"],
            ["process_definition.id"],
            name=op.f("fk_trial_definition_id_process_definition"),
        ),
        sa.ForeignKeyConstraint(
            ["started_by_id"], ["person.id"], name=op.f("fk_trial_started_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial")),
    )
    op.create_index(op.f("ix_trial_key"), "trial", ["key"])
    op.create_table(
        "type_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_type_event_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["pack_draft.id"], name=op.f("fk_type_event_draft_id_pack_draft")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_type_event")),
    )
    op.create_index("ix_type_event_key", "type_event", ["key", "at"])
    raise_guard(op.get_bind())


def downgrade() -> None:
    drop_guard(op.get_bind())
    op.drop_table("type_event")
    op.drop_table("trial")
    op.drop_table("pack_draft")
    with op.batch_alter_table("process_definition", schema=None) as batch_op:
        batch_op.drop_column("note")
