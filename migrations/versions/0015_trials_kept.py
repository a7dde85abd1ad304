"""A trial remembers what is being typed in its forms, and where it stands for the list of trials."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("standing", "typed"):
        op.add_column("trial", sa.Column(column, sa.JSON(), nullable=True))


def downgrade() -> None:
    for column in ("typed", "standing"):
        op.drop_column("trial", column)
