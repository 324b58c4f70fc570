"""Alembic's entry: runs on the connection, and in the transaction, that `stagemark.readmodel.migrate` hands in."""

from alembic import context

from stagemark.readmodel.migrate import VERSION_TABLE
from stagemark.readmodel.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=False,  # the caller's transaction is the only one
)
context.run_migrations()
