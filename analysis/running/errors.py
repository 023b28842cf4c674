"""Why work that was handed out could not be done."""

from db.errors import Refusal


class WorkersDie(Refusal):
    """One piece of work ended every process that took it; the message names it."""


class UnlikeWorker(Refusal):
    """A worker would read otherwise than this process: another release, other tables, another archive."""


class NoCluster(Refusal):
    """The cluster cannot be reached, has no worker, or went away: what was stored stays."""

    exit_code = 75
