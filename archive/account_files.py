"""Files that say whose accounts are whose: which format one is in, and what it says."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from archive.account_claims import AccountFile, Claim, Owner, Unread
from archive.ballots import cells, democracy_club
from archive.ballots.rows import AccountRow
from archive.ballots.sheet import Record, Sheet, read_sheet
from archive.contract import UnreadableSource
from archive.legislators import is_yaml, read_legislators
from archive.platforms import WrongAccount, account_row

PLAIN = frozenset({"person_id", "platform", "handle", "platform_id", "url"})
"""Columns of our own format; the first three are needed."""

NEEDED = ("person_id", "platform", "handle")

Read = Iterator[Claim | Unread]


def read_account_files(paths: Sequence[Path]) -> list[AccountFile]:
    """Read files of accounts, each in whatever known format it is.

    Formats: our own CSV (`person_id`, `platform`, `handle`), Democracy Club's candidates CSV, and the YAML
    lists of congress-legislators, which are read together.

    Raises UnreadableSource, naming file and row or line, for a file that is wrong as a whole.
    """
    lists = [path for path in paths if is_yaml(path.name)]
    bodies = {str(path): _bytes(path) for path in lists}
    legislators = dict(zip(lists, read_legislators(bodies), strict=True)) if lists else {}
    return [legislators[path] if path in legislators else _read_sheet(path) for path in paths]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableSource(f"cannot read {path}: {error.strerror}") from error


def _read_sheet(path: Path) -> AccountFile:
    sheet = read_sheet(path)
    name, read = _format_of(sheet)
    found = [one for record in sheet.headed() for one in read(record)]
    return AccountFile(
        file=sheet.file,
        format=name,
        media_type="text/csv",
        body=sheet.body,
        claims=tuple(one for one in found if isinstance(one, Claim)),
        unread=tuple(one for one in found if isinstance(one, Unread)),
    )


def _format_of(sheet: Sheet) -> tuple[str, Callable[[Record], Read]]:
    """The format of a CSV by its columns."""
    header = set(sheet.header)
    if "platform" in header and "handle" in header:
        unknown = sorted(header - PLAIN)
        if unknown:
            known = ", ".join(sorted(PLAIN))
            raise UnreadableSource(
                f"{sheet.file}, row 1: unknown column {', '.join(unknown)} (known: {known})"
            )
        sheet.need_columns(NEEDED)
        return "accounts", _plain
    if header & {*democracy_club.ACCOUNTS, *democracy_club.PAGES}:
        column = "person_id" if "person_id" in header else "id"
        sheet.need_columns((column,))
        return "democracy-club-accounts", _democracy_club
    raise UnreadableSource(
        f"{sheet.file}, row 1: no accounts: give columns {', '.join(NEEDED)}, or a file of Democracy Club's"
    )


def _plain(record: Record) -> Read:
    place, person_id = _place(record), cells.text(record, "person_id")
    if person_id is None:
        yield Unread(place, "person_id is empty")
        return
    try:
        platform_id = cells.text(record, "platform_id")
        account = account_row(record.cells["platform"], record.cells["handle"], platform_id=platform_id)
    except WrongAccount as error:
        yield Unread(place, str(error))
        return
    url = cells.text(record, "url") or account.url
    account = AccountRow(account.platform, account.handle, account.platform_id, url)
    yield Claim(place, Owner(person_id, person_id=person_id), account)


def _democracy_club(record: Record) -> Read:
    place = _place(record)
    identifiers = democracy_club.identifiers(record)
    name = cells.text(record, "person_name") or cells.text(record, "name")
    label = " ".join(filter(None, (name, str(identifiers[0]))))
    owner = Owner(label, identifiers=identifiers, names=(name,) if name else ())
    for column, account in democracy_club.account_cells(record):
        if account is None:
            platform = democracy_club.ACCOUNTS[column]
            yield Unread(place, f"{column}: {record.cells[column]!r} names no {platform} account")
        else:
            yield Claim(place, owner, account)


def _place(record: Record) -> str:
    return f"row {record.place.row}"
