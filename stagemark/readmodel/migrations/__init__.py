"""Alembic's migrations, shipped in the package and run by `stagemark.readmodel.migrate`."""
