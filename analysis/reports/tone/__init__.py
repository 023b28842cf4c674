"""How candidates speak, and how much, before and after the result: partial sums per candidate, and rows."""
