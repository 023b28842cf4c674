"""Tables, and opening a database that holds them.

Public: `open_database`, `writing`, the errors; the tables are in `db.models`. Names are loaded when
first used, so that the command line starts quickly.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from db.engine import open_database, writing
    from db.errors import (
        ArchiveDatabaseError,
        BusyDatabase,
        DamagedDatabase,
        ForeignDatabase,
        FullDisk,
        NewerDatabase,
        NoDatabase,
        ReadOnlyDatabase,
        Refusal,
    )

__all__ = [
    "ArchiveDatabaseError",
    "BusyDatabase",
    "DamagedDatabase",
    "ForeignDatabase",
    "FullDisk",
    "NewerDatabase",
    "NoDatabase",
    "ReadOnlyDatabase",
    "Refusal",
    "open_database",
    "writing",
]

_ROOMS = {"open_database": "db.engine", "writing": "db.engine"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ROOMS.get(name, "db.errors")), name)
