"""Imports: a table of sales, read by a mapping, judged by `decide`, written into the ledger and started."""
