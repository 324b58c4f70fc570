"""The tables of neighbours: their ledger, how they stand, their tasks, and what derives of each kind."""
