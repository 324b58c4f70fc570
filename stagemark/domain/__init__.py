"""The pure core: no I/O, no clock, no environment, no Temporal (design.md §2)."""
