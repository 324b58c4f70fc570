"""Aftercares: what is planned, satisfaction, orders, prompts, referrals; and which sale another came from."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables."""
    for column in ("origin", "origin_by", "origin_id"):
        op.add_column("opportunities", sa.Column(column, sa.String(), nullable=True))
    op.create_table(
        "aftercares",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("over", sa.Boolean(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("paid_share", sa.String(), nullable=False),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("satisfied", sa.Boolean(), nullable=False),
        sa.Column("complaints", sa.JSON(), nullable=False),
        sa.Column("cool_until", sa.Date(), nullable=True),
        sa.Column("newest", sa.String(), nullable=True),
        sa.Column("referral_round", sa.Integer(), nullable=False),
        sa.Column("referral_step", sa.String(), nullable=False),
        sa.Column("referral_rests", sa.Date(), nullable=True),
        sa.Column("referral_taken", sa.JSON(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["namespace", "stream", "id"],
            ["neighbours.namespace", "neighbours.stream", "neighbours.id"],
            name=op.f("fk_aftercares"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", name=op.f("pk_aftercares")),
    )
    op.create_index("ix_aftercares_account", "aftercares", ["namespace", "account"], unique=False)
    op.create_table(
        "follow_ups",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("item", sa.String(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("round", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("how", sa.String(), nullable=True),
        sa.Column("to", sa.JSON(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["namespace", "stream", "id"],
            ["neighbours.namespace", "neighbours.stream", "neighbours.id"],
            name=op.f("fk_follow_ups"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", "item", name=op.f("pk_follow_ups")),
    )
    op.create_index("ix_follow_ups_day", "follow_ups", ["namespace", "status", "day"], unique=False)
    op.create_table(
        "orders",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("order", sa.String(), autoincrement=False, nullable=False),
        sa.Column("opportunity", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["namespace", "stream", "id"],
            ["neighbours.namespace", "neighbours.stream", "neighbours.id"],
            name=op.f("fk_orders"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", "order", name=op.f("pk_orders")),
    )
    op.create_table(
        "prompts",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("prompt", sa.String(), autoincrement=False, nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("of", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("for_account", sa.String(), nullable=True),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("opened", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["namespace", "stream", "id"],
            ["neighbours.namespace", "neighbours.stream", "neighbours.id"],
            name=op.f("fk_prompts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", "prompt", name=op.f("pk_prompts")),
    )
    op.create_table(
        "referrals",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("prospect", sa.String(), autoincrement=False, nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("opened", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["namespace", "stream", "id"],
            ["neighbours.namespace", "neighbours.stream", "neighbours.id"],
            name=op.f("fk_referrals"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", "prospect", name=op.f("pk_referrals")),
    )
    op.create_table(
        "referrers",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("contact", sa.String(), autoincrement=False, nullable=False),
        sa.Column("endorses_product", sa.Boolean(), nullable=False),
        sa.Column("endorses_person", sa.Boolean(), nullable=False),
        sa.Column("influence", sa.Boolean(), nullable=False),
        sa.Column("connections", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["namespace", "stream", "id"],
            ["neighbours.namespace", "neighbours.stream", "neighbours.id"],
            name=op.f("fk_referrers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", "contact", name=op.f("pk_referrers")),
    )
    op.create_table(
        "satisfaction",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("satisfied", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["namespace", "stream", "id"],
            ["neighbours.namespace", "neighbours.stream", "neighbours.id"],
            name=op.f("fk_satisfaction"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", "number", name=op.f("pk_satisfaction")),
    )
    op.create_table(
        "suggestions",
        sa.Column("namespace", sa.String(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("suggestion", sa.String(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("of", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("for_account", sa.String(), nullable=True),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["namespace", "stream", "id"],
            ["neighbours.namespace", "neighbours.stream", "neighbours.id"],
            name=op.f("fk_suggestions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("namespace", "stream", "id", "suggestion", name=op.f("pk_suggestions")),
    )
