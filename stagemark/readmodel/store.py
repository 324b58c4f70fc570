"""The read model's store: what writes and reads the tables."""
