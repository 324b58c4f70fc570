"""Side effects: activities on ports, each idempotent."""
