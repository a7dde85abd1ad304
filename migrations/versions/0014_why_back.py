"""Why dossiers were brought back to their version."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("migration", sa.Column("undo_reason", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("migration", "undo_reason")
