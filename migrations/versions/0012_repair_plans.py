"""The plans of repairs that were looked at, so that going back to one asks nothing again."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "repair_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=True),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("ways", sa.JSON(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seen", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_repair_plan_dossier_id_dossier")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["repair_proposal.id"],
            name=op.f("fk_repair_plan_proposal_id_repair_proposal"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_repair_plan_made_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repair_plan")),
    )
    op.create_index("ix_repair_plan_made_at", "repair_plan", ["made_at"])


def downgrade() -> None:
    op.drop_index("ix_repair_plan_made_at", table_name="repair_plan")
    op.drop_table("repair_plan")
