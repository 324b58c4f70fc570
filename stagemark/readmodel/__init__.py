"""The ledger and what is derived from it, in SQL."""
