"""Measurements: `python -m benchmarks` (docs/benchmarks.md says what they mean)."""
