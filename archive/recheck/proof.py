"""What it proves that a platform does not find a post: proof.tsv. Pure."""

from dataclasses import dataclass
from functools import cache

from archive.recheck.deciding import Strength
from archive.recheck.tables import rows_of


@dataclass(frozen=True, slots=True)
class Proof:
    """What a platform's word is worth."""

    proves_deletion: bool
    needs_witness: bool

    def strength(self, *, witness: bool) -> Strength:
        """`witness`: another post of the account was shown in the same run."""
        firm = self.proves_deletion and (witness or not self.needs_witness)
        return Strength.FIRM if firm else Strength.WEAK


NOTHING = Proof(proves_deletion=False, needs_witness=False)
"""Of a platform that the table does not name, such as a plug-in's."""


def proof_of(platform: str) -> Proof:
    """What the platform's word is worth."""
    return _proofs().get(platform, NOTHING)


@cache
def _proofs() -> dict[str, Proof]:
    """Raises ValueError, naming the platform, for a word that the table must not hold."""
    found = {}
    for row in rows_of("proof.tsv"):
        proves, witness = row["proves"], row["witness"]
        if proves not in ("deletion", "nothing") or witness not in ("yes", "no"):
            raise ValueError(f"proof.tsv: {row['platform']}: proves deletion or nothing, witness yes or no")
        found[row["platform"]] = Proof(proves == "deletion", witness == "yes")
    return found
