"""The wish to stop, as a signal brings it and any thread waits for it."""

from queue import Empty, SimpleQueue


class StopRequest:
    """May be made by a signal handler at any moment.

    `threading.Event` may not: a signal that comes while the main thread enters or leaves `Event.wait` runs
    its handler in that thread, and `Event.set` then waits for ever for a lock that the thread holds itself.
    `SimpleQueue.put` is documented as safe there: it may interrupt a `put` or `get` of the same thread.
    """

    def __init__(self) -> None:
        self._is_made = False
        self._bell: SimpleQueue[None] = SimpleQueue()

    def is_made(self) -> bool:
        return self._is_made

    def make(self) -> None:
        self._is_made = True
        self._bell.put(None)

    def wait(self, seconds: float) -> bool:
        """Whether it is made, after so many seconds at most."""
        if not self._is_made:
            try:
                self._bell.get(timeout=max(0.0, seconds))
            except Empty:
                return self._is_made
            self._bell.put(None)  # for the other threads that wait
        return True
