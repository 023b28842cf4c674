"""Under which address a report is published, where that is known. Pure."""

from urllib.parse import urlsplit

from analysis.site.wording import web_address
from db.errors import Refusal


class BadBaseUrl(Refusal):
    """What is given as the report's address is none that links can begin with."""


def checked_base(base: str | None) -> str | None:
    """The address of the report's folder, with `/` at the end; None where none is given.

    Raises BadBaseUrl unless it is http or https with a host, and without a user, a query or a fragment.
    """
    if base is None:
        return None
    address = web_address(base)
    if address is None or not address.isascii() or any(sign in address for sign in '?#@\\"<>^`{|}'):
        raise BadBaseUrl(
            f"{base!r} is not the address of a folder: give one such as https://example.org/report/"
        )
    try:
        urlsplit(address).port  # noqa: B018  # what is no port is found when asked for
    except ValueError as error:
        raise BadBaseUrl(f"{base!r}: {error}") from error
    return address.rstrip("/") + "/"
