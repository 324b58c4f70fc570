"""What each problem code says, by area: `code: (en, zh)`. `stagemark.problem_texts` puts them together."""
