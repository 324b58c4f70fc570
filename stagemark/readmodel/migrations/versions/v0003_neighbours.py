"""The ledger of neighbours, how they stand, their tasks, and complaints."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "entries",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("v", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", "sequence", name=op.f("pk_entries")),
    )
    op.create_index("ix_entries_key", "entries", ["namespace", "stream", "id", "key"], unique=False)
    op.create_table(
        "neighbours",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("opportunity", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", name=op.f("pk_neighbours")),
    )
    op.create_index("ix_neighbours_account", "neighbours", ["namespace", "account"], unique=False)
    op.create_index("ix_neighbours_opportunity", "neighbours", ["namespace", "opportunity"], unique=False)
    op.create_table(
        "complaints",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("opportunity", sa.String(), nullable=True),
        sa.Column("instalment", sa.String(), nullable=True),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("life", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("view", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["namespace", "stream", "id"],
            ["neighbours.namespace", "neighbours.stream", "neighbours.id"],
            name=op.f("fk_complaints"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", name=op.f("pk_complaints")),
    )
    op.create_table(
        "tasks",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("to", sa.JSON(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fell_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("put_off_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["namespace", "stream", "id"],
            ["neighbours.namespace", "neighbours.stream", "neighbours.id"],
            name=op.f("fk_tasks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", "entry", name=op.f("pk_tasks")),
    )
    # ### end Alembic commands ###
