"""Settings, read in the composition roots only."""
