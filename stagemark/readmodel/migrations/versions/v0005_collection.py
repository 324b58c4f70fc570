"""What collections are owed, were paid, promised and disputed, and what was delivered."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "collections",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.String(), nullable=False),
        sa.Column("collected", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("debtor", sa.String(), nullable=True),
        sa.Column("exempt_until", sa.Date(), nullable=True),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("stopped_by", sa.String(), nullable=True),
        sa.Column("completed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["namespace", "stream", "id"],
            ["neighbours.namespace", "neighbours.stream", "neighbours.id"],
            name=op.f("fk_collections"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", name=op.f("pk_collections")),
    )
    op.create_table(
        "instalments",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("instalment", sa.String(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("amount", sa.String(), nullable=False),
        sa.Column("paid", sa.String(), nullable=False),
        sa.Column("written_off", sa.String(), nullable=False),
        sa.Column("outstanding", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("begins", sa.Date(), nullable=True),
        sa.Column("became", sa.String(), nullable=False),
        sa.Column("settled", sa.Date(), nullable=True),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("contacts", sa.Integer(), nullable=False),
        sa.Column("contacted", sa.Date(), nullable=True),
        sa.Column("promised_until", sa.Date(), nullable=True),
        sa.Column("disputed", sa.String(), nullable=True),
        sa.Column("legal_by", sa.String(), nullable=True),
        sa.Column("legal_on", sa.Date(), nullable=True),
        sa.Column("written_off_by", sa.String(), nullable=True),
        sa.Column("written_off_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["namespace", "stream", "id"],
            ["neighbours.namespace", "neighbours.stream", "neighbours.id"],
            name=op.f("fk_instalments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", "instalment", name=op.f("pk_instalments")),
    )
    op.create_index("ix_instalments_became", "instalments", ["namespace", "became"], unique=False)
    op.create_table(
        "payments",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("payment", sa.String(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("entered", sa.String(), nullable=False),
        sa.Column("placed", sa.String(), nullable=False),
        sa.Column("confirmed", sa.String(), nullable=False),
        sa.Column("unplaced", sa.String(), nullable=False),
        sa.Column("reversed", sa.String(), nullable=False),
        sa.Column("allocated", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["namespace", "stream", "id"],
            ["neighbours.namespace", "neighbours.stream", "neighbours.id"],
            name=op.f("fk_payments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", "payment", "currency", name=op.f("pk_payments")),
    )
    op.create_table(
        "promises",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("instalment", sa.String(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("amount", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["namespace", "stream", "id"],
            ["neighbours.namespace", "neighbours.stream", "neighbours.id"],
            name=op.f("fk_promises"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", "instalment", "position", name=op.f("pk_promises")),
    )
    op.create_table(
        "disputes",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("instalment", sa.String(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("complaint", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("over", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["namespace", "stream", "id"],
            ["neighbours.namespace", "neighbours.stream", "neighbours.id"],
            name=op.f("fk_disputes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", "instalment", "position", name=op.f("pk_disputes")),
    )
    op.create_table(
        "milestones",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("milestone", sa.String(), autoincrement=False, nullable=False),
        sa.Column("planned", sa.Date(), nullable=True),
        sa.Column("reached", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["namespace", "stream", "id"],
            ["neighbours.namespace", "neighbours.stream", "neighbours.id"],
            name=op.f("fk_milestones"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", "milestone", name=op.f("pk_milestones")),
    )
