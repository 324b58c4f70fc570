"""What managers ask: rows of the read model as tables."""
