"""Messages beyond the inbox: roles, quiet hours and channels of people; what was carried where, and its outcome."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables."""
    op.add_column("messages", sa.Column("stream", sa.String(), server_default="", nullable=False))
    op.add_column("messages", sa.Column("digest", sa.String(), nullable=True))
    op.add_column("people", sa.Column("roles", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("people", sa.Column("quiet_hours", sa.String(), nullable=True))
    op.add_column("people", sa.Column("channels", sa.JSON(), server_default="[]", nullable=False))
    op.create_table(
        "deliveries",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(), autoincrement=False, nullable=False),
        sa.Column("recipient", sa.String(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(), autoincrement=False, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("namespace", "key", "recipient", "channel", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_status", "deliveries", ["namespace", "status"])
