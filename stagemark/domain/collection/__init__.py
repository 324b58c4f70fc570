"""The collection of what one signed sale is owed, from the contract to the last payment (domain.md §3)."""
