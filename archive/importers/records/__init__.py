"""What one JSON record of some tool holds: one module a kind of record, and the table of all."""
