"""Temporal workflows: thin, deterministic shells round the domain."""
