"""Whether the archive is what it was: its log, checkpoints of it, proofs for others (docs/integrity.md)."""
