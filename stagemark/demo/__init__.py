"""The demo: a year of invented sales through the real workflows, and one sale of eight months in virtual time."""
