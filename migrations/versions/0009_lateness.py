"""How late what the clock does is, in classes of seconds."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lateness",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("bound", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("total_ms", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "bound", name=op.f("pk_lateness")),
    )


def downgrade() -> None:
    op.drop_table("lateness")
