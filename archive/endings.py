"""How the rounds of accounts end, and what a round comes to."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from archive.contract import (
    AccountUnavailable,
    BudgetSpent,
    CollectingError,
    SourceRefused,
    TryLater,
    UnreadablePage,
)
from archive.schedules import LeaseLost
from archive.streams import Collected, Joined, Stopped


class Ending(StrEnum):
    """How an account's round ended."""

    DONE = "done"
    UNAVAILABLE = "unavailable"
    """The platform says why it shows nothing: suspended, deactivated, ... That is known now."""
    FAILED = "failed"
    DEFERRED = "deferred"
    """A limit allows it only later than this round waits."""
    BUSY = "busy"
    """Another job is at it."""
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An account to be collected."""

    account_id: int
    platform: str
    name: str
    """For people: handle or address."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an account in a round."""

    wanted: Wanted
    ending: Ending
    collected: Collected = field(default_factory=Collected)
    message: str | None = None
    until: datetime | None = None
    """Not before: the account is worth trying again."""
    refused: bool = False
    """The source as a whole serves nobody."""
    asked: bool = True
    """False: its source had refused another account before, so it was not asked for at all."""
    ended: bool = False
    """It is gone for good, and asks not to be asked again."""
    exit_code: int = 0

    @property
    def is_short(self) -> bool:
        """Whether anything may be missing: it failed, has new gaps, or records that could not be read."""
        collected = self.collected
        return bool(self.exit_code or collected.gaps or collected.tally.news)

    def __str__(self) -> str:
        why = f": {self.message}" if self.message else ""
        gaps = "".join(f"; GAP {gap}" for gap in self.collected.gaps)
        return f"{self.ending}{why}; {self.collected.tally}{gaps}"


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of a round."""

    round_id: int
    outcomes: tuple[Outcome, ...]

    @property
    def collected(self) -> Collected:
        """All pages and posts together."""
        return sum((one.collected for one in self.outcomes), Collected())

    def count(self, ending: Ending) -> int:
        """How many accounts ended so."""
        return sum(one.ending is ending for one in self.outcomes)

    @property
    def made_progress(self) -> bool:
        """Whether any account will not be due at once again: one that is busy, or was not asked for, is."""
        return any(one.asked and one.ending is not Ending.BUSY for one in self.outcomes)

    def not_asked(self) -> dict[int, int]:
        """Account that its source refused -> for how many others it was not asked then.

        Where several were refused at the same time, the first stands for them.
        """
        first: dict[str, int] = {}
        counts: Counter[str] = Counter()
        for one in self.outcomes:
            if one.refused and one.asked:
                first.setdefault(one.wanted.platform, one.wanted.account_id)
            counts[one.wanted.platform] += not one.asked
        return {account_id: counts[platform] for platform, account_id in first.items() if counts[platform]}

    @property
    def exit_code(self) -> int:
        """0 all done; 4 where credentials are missing; 1 where anything is missing; 75 where all are busy."""
        codes = {one.exit_code for one in self.outcomes}
        if 4 in codes:
            return 4
        if self.outcomes and self.count(Ending.BUSY) == len(self.outcomes):
            return 75
        return int(any(one.is_short for one in self.outcomes))

    def counts(self) -> dict[str, Any]:
        """The numbers, for a log and for the round's row."""
        collected = self.collected
        return {
            "accounts": {ending.value: self.count(ending) for ending in Ending if self.count(ending)},
            "pages": collected.pages,
            **asdict(collected.tally),
            "gaps": len(collected.gaps),
        }


def together(summaries: Sequence[Summary]) -> Summary:
    """Several rounds as one: each account as it ended last, with all that was collected of it."""
    last: dict[int, Outcome] = {}
    for outcome in (one for summary in summaries for one in summary.outcomes):
        before = last.get(outcome.wanted.account_id)
        collected = before.collected if before is not None else Collected()
        last[outcome.wanted.account_id] = replace(outcome, collected=collected + outcome.collected)
    return Summary(summaries[-1].round_id, tuple(last.values()))


def ending_of(wanted: Wanted, collect_it: Callable[[], None]) -> Outcome:
    """How collecting ended, by what it raised; anything else is a bug or the database's, and goes on up."""
    try:
        collect_it()
    except AccountUnavailable as error:
        return Outcome(wanted, Ending.UNAVAILABLE, message=f"{error.state}: {error}", ended=error.for_good)
    except TryLater as error:
        return Outcome(wanted, Ending.DEFERRED, message=str(error), until=error.until, exit_code=1)
    except BudgetSpent as error:
        # Not `until` then: the user may raise the budget any time, and to ask for it costs nothing.
        return Outcome(wanted, Ending.DEFERRED, message=str(error), refused=True, exit_code=1)
    except SourceRefused as error:
        return Outcome(
            wanted,
            Ending.FAILED,
            message=str(error),
            refused=error.host is None,
            exit_code=error.exit_code,
        )
    except LeaseLost as error:
        return Outcome(wanted, Ending.BUSY, message=str(error))
    except Joined as error:
        return Outcome(wanted, Ending.DONE, message=str(error))
    except Stopped:
        return Outcome(wanted, Ending.STOPPED)
    except (CollectingError, UnreadablePage) as error:
        return Outcome(wanted, Ending.FAILED, message=str(error), exit_code=1)
    return Outcome(wanted, Ending.DONE)
