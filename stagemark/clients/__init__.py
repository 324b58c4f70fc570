"""What the client of sales has for their neighbours: one class of typed methods for each kind."""
