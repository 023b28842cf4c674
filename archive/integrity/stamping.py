"""Time stamps of files: an authority is asked once, and its answer is kept beside the file."""

from collections.abc import Callable
from pathlib import Path

from archive.collecting import Means
from archive.contract import CollectingError, Response
from archive.integrity.timestamps import MOST, Timestamp, WrongTimestamp, beside, check_answer, query_for
from archive.web import Limits, post_once
from db.errors import Refusal
from db.files import whole_or_not
from db.release import release

HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
"""RFC 3161, 3.4."""

LIMITS = Limits(connect=10.0, read=20.0, overall=30.0, body=MOST)

Ask = Callable[[str, bytes], Response]
"""Sends a query to an address. Raises CollectingError."""


class Unstamped(Refusal):
    """An authority gave no time stamp; it may do so later, or another one may."""

    exit_code = 75


def asking(means: Means, limits: Limits = LIMITS) -> Ask:
    """How to ask an authority. Raises BadSetting."""
    allowed, contact = means.allowed(), means.contact()

    def ask(url: str, query: bytes) -> Response:
        return post_once(
            url,
            query,
            headers=HEADERS,
            release=release(),
            contact=contact,
            allowed=allowed,
            limits=limits,
        )

    return ask


def stamp(file: Path, url: str, ask: Ask) -> Timestamp:
    """Have an authority stamp the bytes of a file as they are.

    Raises Unstamped, NoTimestamps, OSError: nothing is written then.
    """
    data = file.read_bytes()
    query = query_for(data)
    try:
        answer = ask(url, query.der)
    except CollectingError as error:
        raise Unstamped(str(error)) from error
    try:
        found = check_answer(answer.body, data, query)
    except WrongTimestamp as error:
        raise Unstamped(f"{answer.url} answers with {answer.media_type}: {error}") from error
    with whole_or_not(beside(file)) as written:
        written.write_bytes(answer.body)
    return found
