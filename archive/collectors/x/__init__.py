"""X (formerly Twitter) by its API v2."""

from archive.collectors.x.problems import TOKEN
from archive.collectors.x.reading import XCollector
from archive.collectors.x.spelling import SPELLINGS, TWEET
from archive.contract import Setup, SourceRefused

__all__ = ["XCollector", "collector"]

API = "https://api.x.com"
_PAGE_SIZES = range(5, 101)
"""What `max_results` may be: 5 to 100."""


def collector(setup: Setup) -> XCollector:
    """The collector of a user's settings. Raises SourceRefused for a setting that has no meaning.

    HUSTINGS_X_API: where the API is. HUSTINGS_X_FIELDS: `tweet` or `post`, where the vocabulary of requests
    must not be tried out. HUSTINGS_X_PAGE: posts a page, 5 to 100; fewer reserve less of a small budget.
    """
    chosen = setup.settings.get("HUSTINGS_X_FIELDS", "")
    known = {spelling.name: spelling for spelling in SPELLINGS}
    if chosen and chosen not in known:
        raise SourceRefused(f"HUSTINGS_X_FIELDS={chosen!r}: known are {', '.join(known)}")
    return XCollector(
        api=setup.settings.get("HUSTINGS_X_API", API).rstrip("/"),
        credential=setup.credential(TOKEN),
        page_size=_page_size(setup.settings.get("HUSTINGS_X_PAGE", str(_PAGE_SIZES[-1]))),
        spelling=known.get(chosen, TWEET),
        fixed=bool(chosen),
    )


def _page_size(stated: str) -> int:
    if not stated.isascii() or not stated.isdigit() or int(stated) not in _PAGE_SIZES:
        raise SourceRefused(f"HUSTINGS_X_PAGE={stated!r}: a number from 5 to 100")
    return int(stated)
