"""A complaint, from the customer's first word to the follow-up (domain.md §5)."""
