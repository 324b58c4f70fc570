"""Key-account sales as durable state machines on Temporal."""
