"""What is refused to the user, and how a command ends then.

Refusal                   an error whose message a user can act on (exit code 2)
    ArchiveDatabaseError  a database cannot be used
        NoDatabase        there is none where one was expected
        ForeignDatabase   a file that is not ours
        DamagedDatabase   a file that was ours, and is injured (exit code 3)
        NewerDatabase     made by a later release
        ReadOnlyDatabase  cannot be written
        BusyDatabase      locked by another process: try later (exit code 75)
        FullDisk          there is no room for more: make some, then try again (exit code 75)
        UnfinishedCopy    `hustings copy` was interrupted there: let it go on
        SourceChanged     an interrupted copy cannot go on: its source is no longer what was copied
        CopyDiffers       a copy does not hold what was read (exit code 3)
"""


class Refusal(Exception):
    """Something cannot be done; the message says what, where, and what to do. One line."""

    exit_code = 2


class ArchiveDatabaseError(Refusal):
    """A database cannot be used; the message says which, why, and what to do."""


class NoDatabase(ArchiveDatabaseError):
    """There is no database at the address."""


class ForeignDatabase(ArchiveDatabaseError):
    """The file or schema is not a Hustings database."""


class DamagedDatabase(ArchiveDatabaseError):
    """Bytes of the file are not what was written."""

    exit_code = 3


class NewerDatabase(ArchiveDatabaseError):
    """A later release of Hustings made it."""


class ReadOnlyDatabase(ArchiveDatabaseError):
    """It cannot be written to."""


class BusyDatabase(ArchiveDatabaseError):
    """Another process holds it."""

    exit_code = 75


class FullDisk(ArchiveDatabaseError):
    """There is no room to write more; nothing is half-written."""

    exit_code = 75


class UnfinishedCopy(ArchiveDatabaseError):
    """It holds a part of another archive only."""


class SourceChanged(ArchiveDatabaseError):
    """What was copied of an archive before an interruption is no longer so in it."""


class CopyDiffers(ArchiveDatabaseError):
    """A copy does not hold what was read of its source."""

    exit_code = 3
