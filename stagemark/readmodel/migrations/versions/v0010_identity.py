"""Which ledger this is, so that workers and clients on another one are found out (decision 0049)."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table; the first worker writes the row of its namespace."""
    op.create_table(
        "ledgers",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("namespace", name="pk_ledgers"),
    )
