"""The tables: the ledger, what is derived from it, and what stands beside it (design.md §3, §6 rule 6).

Every key begins with the namespace, so that several installations share a database. Derived tables
(`DERIVED`) hold nothing that the ledger and the playbooks do not: `stagemark ledger rebuild` makes them anew.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator

__all__ = [
    "DERIVED",
    "Instant",
    "contacts",
    "deliveries",
    "gaps",
    "key_column",
    "ledger",
    "ledgers",
    "messages",
    "metadata",
    "opportunities",
    "people",
    "playbooks",
    "refusals",
    "spans",
    "triggers",
    "visits",
]


class Instant(TypeDecorator[datetime]):
    """An aware instant, read back in UTC. SQLite has no zones: there it is kept as naive UTC text, which sorts."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive instant; give the driver UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value.isoformat()}")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware UTC instant."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


def key_column(name: str, kind: Any = String) -> Column[Any]:
    """A column of a primary key, whose values come from us and not from the database."""
    return Column(name, kind, primary_key=True, autoincrement=False)


def _of_a_sale(name: str, *columns: Column[Any]) -> Table:
    """A derived table with rows of one sale, which vanish with it."""
    return Table(
        name,
        metadata,
        key_column("namespace"),
        key_column("opportunity"),
        *columns,
        ForeignKeyConstraint(
            ["namespace", "opportunity"],
            ["opportunities.namespace", "opportunities.opportunity"],
            ondelete="CASCADE",
        ),
    )


ledger = Table(
    "ledger",
    metadata,
    key_column("namespace"),
    key_column("opportunity"),
    key_column("sequence", Integer),
    Column("kind", String, nullable=False),
    Column("fact", Text, nullable=False, doc="the whole event as JSON"),
    Column("observed_at", String, nullable=False, doc="wire form of a moment"),
    Column("recorded_at", Instant, nullable=False),
    Column("actor", String, nullable=False),
    Column("source", String, nullable=False),
    Column("key", String, nullable=False),
    Column("key_hash", String, nullable=False),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
    Column("v", Integer, nullable=False),
)

ledgers = Table(
    "ledgers",
    metadata,
    key_column("namespace"),
    Column("id", String, nullable=False, doc="by which it is told from other ledgers"),
)

opportunities = Table(
    "opportunities",
    metadata,
    key_column("namespace"),
    key_column("opportunity"),
    Column("sequence", Integer, nullable=False, doc="up to which event of the ledger this is derived"),
    Column("hash", String, nullable=False, doc="the hash of that event"),
    Column("life", String, nullable=False),
    Column("playbook", String, nullable=False),
    Column("playbook_version", String, nullable=False),
    Column("playbook_hash", String, nullable=False),
    Column("account", String, nullable=False),
    Column("title", String, nullable=False),
    Column("segment", String),
    Column("owner", String, nullable=False),
    Column("deputy", String),
    Column("collaborators", JSON, nullable=False),
    Column("value", String, doc="a decimal"),
    Column("currency", String, doc="ISO 4217"),
    Column("band", String),
    Column("calendar", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("opened", Instant),
    Column("opened_known", Boolean, nullable=False),
    Column("ended", Instant),
    Column("ended_known", Boolean, nullable=False),
    Column("loss_reason", String),
    Column("open_stages", JSON, nullable=False),
    Column("skipped_stages", JSON, nullable=False),
    Column("waiting_on", String),
    Column("high_risk", Boolean, nullable=False),
    Column("missed", Integer, nullable=False, doc="triggers that nobody answered in time"),
    Column("look_again", Date),
    Column("last_told", Instant, nullable=False, doc="when somebody last recorded something"),
    Column("origin", String, doc="the sale it came from"),
    Column("origin_by", String, doc="prompt, referral or repurchase"),
    Column("origin_id", String, doc="the prompt, the contact who named it, or the follow-up"),
    Index("ix_opportunities_owner", "namespace", "owner"),
    Index("ix_opportunities_life", "namespace", "life"),
)

visits = _of_a_sale(
    "visits",
    key_column("stage"),
    key_column("number", Integer),
    Column("began", Instant, nullable=False),
    Column("began_known", Boolean, nullable=False),
    Column("began_event", Integer, nullable=False),
    Column("left", Instant),
    Column("left_known", Boolean, nullable=False),
    Column("left_by", String, doc="end, fall_back, lost or nurture; none while it is open"),
    Column("left_event", Integer),
)

gaps = _of_a_sale(
    "gaps",
    key_column("number", Integer),
    Column("start", Instant, nullable=False),
    Column("start_known", Boolean, nullable=False),
    Column("end", Instant),
    Column("end_known", Boolean, nullable=False),
    Column("after_stage", String, doc="the stage left last before it; none: the sale had just been opened"),
    Column("before_stage", String, doc="the stage whose beginning ended it; none: something else did"),
)

spans = _of_a_sale(
    "spans",
    key_column("kind"),  # life, owner or wait
    key_column("number", Integer),
    Column("value", String, nullable=False),
    Column("start", Instant, nullable=False),
    Column("start_known", Boolean, nullable=False),
    Column("end", Instant),
    Column("end_known", Boolean, nullable=False),
)

triggers = _of_a_sale(
    "triggers",
    key_column("event", Integer),
    Column("trigger", String, nullable=False),
    Column("rung", String, nullable=False),
    Column("cause", String, nullable=False),
    Column("stage", String),
    Column("to", JSON, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("fired_at", Instant, nullable=False),
    Column("answer_by", Instant, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("high_risk", Boolean, nullable=False),
    Column("status", String, nullable=False, doc="open, done, put_off, dismissed, missed or withdrawn"),
    Column("answer", String, nullable=False),
    Column("answered_by", String),
    Column("answered_at", Instant),
    Column("put_off_until", Date),
)

playbooks = Table(
    "playbooks",
    metadata,
    key_column("namespace"),
    key_column("hash"),
    Column("id", String, nullable=False),
    Column("version", String, nullable=False),
    Column("whole", Text, nullable=False, doc="the whole playbook as JSON, with its texts"),
)

refusals = Table(
    "refusals",
    metadata,
    key_column("namespace"),
    key_column("id"),  # the hash of its content: a repeat is the same refusal
    Column("opportunity", String, nullable=False),
    Column("refused_at", Instant, nullable=False),
    Column("actor", String, nullable=False),
    Column("key", String, nullable=False),
    Column("codes", JSON, nullable=False),
    Column("envelope", JSON, nullable=False),
    Column("problems", JSON, nullable=False),
    Index("ix_refusals_opportunity", "namespace", "opportunity"),
)

messages = Table(
    "messages",
    metadata,
    key_column("namespace"),
    key_column("key"),
    key_column("recipient"),
    Column("opportunity", String, nullable=False),
    Column("title", String, nullable=False),
    Column("account", String, nullable=False),
    Column("playbook", String, nullable=False, doc="the hash of the playbook that has the labels"),
    Column("event", Integer, nullable=False, doc="by which number it is answered"),
    Column("kind", String, nullable=False),
    Column("params", JSON, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("at", Instant, nullable=False, doc="when it fell due"),
    Column("deliver_at", Instant, nullable=False),
    Column("read_at", Instant),
    Column("withdrawn", Boolean, nullable=False),
    Column("stream", String, nullable=False, server_default="", doc="which neighbour says so; empty: the sale"),
    Column("digest", String, doc="the key of the digest that carried it beyond the inbox"),
    Index("ix_messages_recipient", "namespace", "recipient", "deliver_at"),
)

deliveries = Table(
    "deliveries",
    metadata,
    key_column("namespace"),
    key_column("key"),  # of the message, or of the digest
    key_column("recipient"),
    key_column("channel"),  # its name alone: addresses are never kept
    Column("status", String, nullable=False, doc="waiting, sent, refused, given_up or withdrawn"),
    Column("tries", Integer, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("next_at", Instant, doc="when it is tried again"),
    Column("code", String, nullable=False, doc="what kept it from arriving, as the code of a problem"),
    Column("params", JSON, nullable=False, doc="the params of that problem"),
    Index("ix_deliveries_status", "namespace", "status"),
)

people = Table(
    "people",
    metadata,
    key_column("namespace"),
    key_column("id"),
    Column("name", String, nullable=False),
    Column("supervisor", String),
    Column("team", String),
    Column("zone", String, nullable=False),
    Column("language", String, nullable=False),
    Column("roles", JSON, nullable=False, server_default="[]"),
    Column("quiet_hours", String),
    Column("channels", JSON, nullable=False, server_default="[]"),
)

contacts = Table(
    "contacts",
    metadata,
    key_column("namespace"),
    key_column("id"),  # the opaque id by which sales name them
    Column("name", String, nullable=False),
    Column("account", String, nullable=False),
    Column("style", String, doc="peacock, koala, owl, tiger or chameleon"),
    Column("note", String, nullable=False, server_default=""),
    Index("ix_contacts_account", "namespace", "account"),
)

DERIVED: Final = (opportunities, visits, gaps, spans, triggers)
"""What is rewritten per sale from its events, and wholly by a rebuild; `opportunities` first, the others hang on it."""
