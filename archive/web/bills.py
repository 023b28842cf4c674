"""What one try costs: reserved once, settled once."""

from archive.contract import Charge, Response, UnreadablePage
from archive.web.standing import Cost, Settled


class Bill:
    """A reservation that is open from the request until its answer is counted."""

    def __init__(self, charge: Charge | None, cost: Cost | None) -> None:
        self._charge = charge
        self._cost = cost
        self._open = False

    @property
    def due(self) -> Cost | None:
        """What is still to be reserved."""
        return None if self._open else self._cost

    def reserved(self) -> None:
        """It was reserved now."""
        self._open = self._cost is not None

    def keep(self) -> None:
        """Leave it as it was reserved: nobody can count what was sent."""
        self._cost, self._open = None, False

    def refund(self) -> Settled | None:
        """Close it as if nothing had been sent; None where nothing is open."""
        return self._close(0)

    def count(self, response: Response) -> Settled | None:
        """Close it by what an answer holds; it is kept where that cannot be counted."""
        if self._charge is None:
            return None
        try:
            return self._close(self._charge.count(response))
        except UnreadablePage:
            self.keep()
            return None

    def _close(self, units: int) -> Settled | None:
        cost = self._cost if self._open else None
        self.keep()
        return Settled(cost, units) if cost else None
