"""Bringing statements, rosters and results into an archive.

Public: `import_roster`, `import_results`, `import_statements` (with `Choices`), which take an engine from
`db.open_database` and raise `UnreadableSource`; `add_account`, which takes a session from `db.writing` and
raises `AccountRefused`; `collect_accounts` (with `Means` and `Wish`), which raises `NothingToCollect`; and
without a database, for news articles: `read_article`, which raises `NotAnArticle`, and `find_quotations`.
What is raised is a `db.Refusal`: its message is for the user. Names are loaded when first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.accounts import AccountRefused, add_account
    from archive.collecting import Means
    from archive.contract import Choices, UnreadableSource
    from archive.imports import import_statements
    from archive.jobs import NothingToCollect, Wish, collect_accounts
    from archive.quotes import NotAnArticle, find_quotations, read_article
    from archive.results import import_results
    from archive.roster import import_roster

__all__ = [
    "AccountRefused",
    "Choices",
    "Means",
    "NotAnArticle",
    "NothingToCollect",
    "UnreadableSource",
    "Wish",
    "add_account",
    "collect_accounts",
    "find_quotations",
    "import_results",
    "import_roster",
    "import_statements",
    "read_article",
]

_ROOMS = {
    "AccountRefused": "archive.accounts",
    "Choices": "archive.contract",
    "Means": "archive.collecting",
    "NotAnArticle": "archive.quotes",
    "NothingToCollect": "archive.jobs",
    "UnreadableSource": "archive.contract",
    "Wish": "archive.jobs",
    "add_account": "archive.accounts",
    "collect_accounts": "archive.jobs",
    "find_quotations": "archive.quotes",
    "import_results": "archive.results",
    "import_roster": "archive.roster",
    "import_statements": "archive.imports",
    "read_article": "archive.quotes",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ROOMS[name]), name)
