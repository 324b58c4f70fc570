"""The ports' default implementations."""
