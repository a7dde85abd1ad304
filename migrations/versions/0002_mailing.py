"""What people decide about mails: their words, preferences, pauses, returns; and who stands in for whom."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_WAITING = "status IN ('pending', 'sending', 'held')"
_WAITED = "status IN ('pending', 'sending')"
_SENT = "sent_at IS NOT NULL"


def _index(name: str, column: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, "mail", [column], sqlite_where=condition, postgresql_where=condition)


def upgrade() -> None:
    op.create_table(
        "mail_pause",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_by", sa.String(length=120), nullable=True),
        sa.Column("resumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resumed_by", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_pause")),
    )
    with op.batch_alter_table("mail_pause", schema=None) as batch_op:
        batch_op.create_index(
            "uq_mail_pause_open",
            ["scope"],
            unique=True,
            sqlite_where=sa.text("resumed_at IS NULL"),
            postgresql_where=sa.text("resumed_at IS NULL"),
        )

    op.create_table(
        "absence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("substitute_id", sa.Uuid(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_absence_in_order")),
        sa.CheckConstraint("substitute_id <> person_id", name=op.f("ck_absence_somebody_else")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_absence_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["person.id"], name=op.f("fk_absence_substitute_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index("ix_absence_person", ["person_id", "last_on"], unique=False)
        batch_op.create_index(
            "ix_absence_substitute", ["substitute_id", "last_on"], unique=False
        )

    op.create_table(
        "mail_preference",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("choice", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_mail_preference_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_mail_preference")),
    )
    op.create_table(
        "mail_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_mail_text_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_text")),
        sa.UniqueConstraint("template", "number", name=op.f("uq_mail_text_template_number")),
    )
    op.create_table(
        "failing_address",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("dossier_id", sa.Uuid(), nullable=True),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_by", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_failing_address_dossier_id_dossier")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_failing_address_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_failing_address_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failing_address")),
    )
    with op.batch_alter_table("failing_address", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_failing_address_dossier_id"), ["dossier_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_failing_address_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            "uq_failing_address_standing",
            ["address"],
            unique=True,
            sqlite_where=sa.text("cleared_at IS NULL"),
            postgresql_where=sa.text("cleared_at IS NULL"),
        )

    op.create_table(
        "mail_return",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["mail.id"], name=op.f("fk_mail_return_mail_id_mail")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_return")),
        sa.UniqueConstraint("digest", name=op.f("uq_mail_return_digest")),
    )
    with op.batch_alter_table("mail_return", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_return_mail_id"), ["mail_id"], unique=False)

    op.add_column("mail", sa.Column("told_by_id", sa.Uuid(), nullable=True))
    op.add_column("mail", sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("reminder_record", sa.Column("why", sa.String(length=300), nullable=True))
    op.drop_index("ix_mail_waiting", "mail")
    _index("ix_mail_waiting", "next_at", _WAITING)
    _index("ix_mail_sent", "sent_at", _SENT)
    op.create_index("ix_mail_task", "mail", ["task_id"])


def downgrade() -> None:
    with op.batch_alter_table("mail_return", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_return_mail_id"))

    op.drop_table("mail_return")
    with op.batch_alter_table("failing_address", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_failing_address_standing",
            sqlite_where=sa.text("cleared_at IS NULL"),
            postgresql_where=sa.text("cleared_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_failing_address_person_id"))
        batch_op.drop_index(batch_op.f("ix_failing_address_dossier_id"))

    op.drop_table("failing_address")
    op.drop_table("mail_text")
    op.drop_table("mail_preference")
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_index("ix_absence_substitute")
        batch_op.drop_index("ix_absence_person")

    op.drop_table("absence")
    with op.batch_alter_table("mail_pause", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_mail_pause_open",
            sqlite_where=sa.text("resumed_at IS NULL"),
            postgresql_where=sa.text("resumed_at IS NULL"),
        )

    op.drop_table("mail_pause")
    op.drop_index("ix_mail_task", "mail")
    op.drop_index("ix_mail_sent", "mail")
    op.drop_index("ix_mail_waiting", "mail")
    _index("ix_mail_waiting", "next_at", _WAITED)
    # The earlier code knows neither digests nor returns: what waited for one leaves at once.
    op.execute("UPDATE mail SET status = 'pending' WHERE status = 'held'")
    op.execute("UPDATE mail SET status = 'sent' WHERE status IN ('digested', 'bounced')")
    op.drop_column("reminder_record", "why")
    op.drop_column("mail", "bounced_at")
    op.drop_column("mail", "told_by_id")
