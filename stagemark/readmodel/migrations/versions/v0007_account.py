"""Accounts: their credit, their sales, clearances, and the money that came in."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "accounts",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("our_share", sa.String(), nullable=True),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("limit", sa.String(), nullable=True),
        sa.Column("limit_currency", sa.String(), nullable=True),
        sa.Column("used", sa.String(), nullable=True),
        sa.Column("blacklisted", sa.String(), nullable=False),
        sa.Column("exempt_until", sa.Date(), nullable=True),
        sa.Column("exempt_by", sa.String(), nullable=True),
        sa.Column("exposure", sa.JSON(), nullable=False),
        sa.Column("waiting", sa.JSON(), nullable=False),
        sa.Column("surveyed", sa.Date(), nullable=True),
        sa.Column("worsened_on", sa.Date(), nullable=True),
        sa.Column("complaints", sa.JSON(), nullable=False),
        sa.Column("cool_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["namespace", "stream", "id"],
            ["neighbours.namespace", "neighbours.stream", "neighbours.id"],
            name=op.f("fk_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", name=op.f("pk_accounts")),
    )
    op.create_index("ix_accounts_group", "accounts", ["namespace", "group"], unique=False)
    op.create_table(
        "account_sales",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("opportunity", sa.String(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("outstanding", sa.String(), nullable=False),
        sa.Column("on_credit", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("cleared", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["namespace", "stream", "id"],
            ["neighbours.namespace", "neighbours.stream", "neighbours.id"],
            name=op.f("fk_account_sales"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", "opportunity", name=op.f("pk_account_sales")),
    )
    op.create_table(
        "clearances",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("clearance", sa.String(), autoincrement=False, nullable=False),
        sa.Column("opportunity", sa.String(), nullable=False),
        sa.Column("amount", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("rate", sa.JSON(), nullable=True),
        sa.Column("override_by", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["namespace", "stream", "id"],
            ["neighbours.namespace", "neighbours.stream", "neighbours.id"],
            name=op.f("fk_clearances"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", "clearance", name=op.f("pk_clearances")),
    )
    op.create_table(
        "account_payments",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("payment", sa.String(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("amount", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("placed", sa.String(), nullable=False),
        sa.Column("waiting", sa.String(), nullable=False),
        sa.Column("returned", sa.String(), nullable=False),
        sa.Column("by_hand", sa.String(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("reversed", sa.Boolean(), nullable=False),
        sa.Column("kept", sa.String(), nullable=False),
        sa.Column("differs", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["namespace", "stream", "id"],
            ["neighbours.namespace", "neighbours.stream", "neighbours.id"],
            name=op.f("fk_account_payments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", "payment", name=op.f("pk_account_payments")),
    )
    op.create_table(
        "credit_reviews",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["namespace", "stream", "id"],
            ["neighbours.namespace", "neighbours.stream", "neighbours.id"],
            name=op.f("fk_credit_reviews"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", "position", name=op.f("pk_credit_reviews")),
    )
