"""What comes after the contract: follow-ups, satisfaction, orders, prompts, referrals (domain.md §5)."""
