"""Values cut into lists that fit into one SQL statement, as the archive's modules know it."""

from db.batches import BATCH, batches

__all__ = ["BATCH", "batches"]
