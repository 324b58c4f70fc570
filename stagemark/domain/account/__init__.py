"""An account: what all sales of one customer share, such as credit and money that came in (domain.md §4)."""
