"""In what state an account is, what it is called, and where it is served from now."""

from dataclasses import dataclass

from archive.atproto.addresses import handle_of, is_did, page_for_account
from archive.collectors.bluesky.identity import Document, fetch_document, resolve_handle
from archive.collectors.bluesky.xrpc import (
    OK,
    PASSING,
    STATES,
    STATUSES,
    ask,
    evidence,
    not_understood,
    refusal_of,
)
from archive.contract import (
    AccountRef,
    AccountSeen,
    CollectingError,
    Page,
    Response,
    Unreachable,
    UnreadablePage,
    Web,
)
from db.words import State


@dataclass(frozen=True, slots=True)
class Directories:
    """Where identities are looked up."""

    plc: str
    appview: str


@dataclass(frozen=True, slots=True)
class _Found:
    """A DID, the handle that led to it in this look, and the answer that said so."""

    did: str
    handle: str | None = None
    page: Page | None = None


def look(web: Web, directories: Directories, account: AccountRef) -> AccountSeen:
    """State, handle and server of an account that is known by DID or by handle alone.

    A handle counts only where it leads to the DID and the DID's document claims it: either side alone
    could be anybody's. Raises CollectingError and UnreadablePage.
    """
    found = _find(web, directories, account)
    if isinstance(found, AccountSeen):
        return found
    document = _document(web, directories, account, found.did)
    pages = tuple(page for page in (found.page, document.page) if page)
    if document.state is not State.ACTIVE:
        return AccountSeen(document.state, found.did, found.handle, detail=document.detail, pages=pages)
    if found.handle and found.handle not in document.handles:
        doubt = f"{found.handle} leads to {found.did}, whose document does not claim it"
        return AccountSeen(State.NOT_FOUND, handle=found.handle, detail=doubt, pages=pages)
    state, detail, page = _status(web, document)
    handle = found.handle
    if handle is None:
        handle, unproven = _verified(web, directories, account, document)
        detail = detail or unproven
    return AccountSeen(
        state,
        platform_id=found.did,
        handle=handle,
        url=page_for_account(found.did),
        home=document.server,
        detail=detail,
        pages=(*pages, page),
    )


def server_of(web: Web, directories: Directories, did: str) -> str | None:
    """Where a DID's document says that it is served. Raises CollectingError and UnreadablePage."""
    return fetch_document(web, directories.plc, did).server


def did_of(account: AccountRef) -> str | None:
    """The DID of an account, also where a user gave it in the place of the handle."""
    for name in (account.platform_id, account.handle):
        if name and is_did(name):
            return name
    return None


def _find(web: Web, directories: Directories, account: AccountRef) -> _Found | AccountSeen:
    did = did_of(account)
    if did:
        return _Found(did)
    handle = handle_of(account.handle or "")
    if handle is None:
        raise CollectingError(
            f"{account.platform_id or account.handle!r} is no Bluesky account: "
            "give its handle, such as ada.bsky.social, or its DID"
        )
    resolved = resolve_handle(web, directories.appview, handle)
    if resolved.did is None or not is_did(resolved.did):
        detail = resolved.detail or f"it leads to {resolved.did!r}, which is no DID of a known kind"
        return AccountSeen(State.NOT_FOUND, handle=handle, detail=detail, pages=(resolved.page,))
    return _Found(resolved.did, handle, resolved.page)


def _document(web: Web, directories: Directories, account: AccountRef, did: str) -> Document:
    """The DID's document; what it said the last time, while the directory does not answer."""
    try:
        return fetch_document(web, directories.plc, did)
    except Unreachable:
        if account.home is None or account.platform_id != did:
            raise
        handles = (account.handle,) if account.handle else ()
        remembered = Document(did, handles=handles, server=account.home)
        if _status(web, remembered)[0] is not State.ACTIVE:  # it may live elsewhere by now
            raise
        return remembered


def _status(web: Web, document: Document) -> tuple[State, str | None, Page]:
    """What the account's server says of it, in what words, and the answer.

    Raises Unreachable where the server is not sure itself.
    """
    assert document.server is not None  # active documents name one
    response = ask(web, document.server, "com.atproto.sync.getRepoStatus", did=document.did)
    page = evidence(response)
    if response.status != OK:
        refusal = refusal_of(response)
        if not refusal.of_account:
            raise not_understood(response)
        return STATES.get(refusal.name, State.NOT_FOUND), str(refusal), page
    active, status = _activity(response)
    if active:
        return State.ACTIVE, None, page
    if status in PASSING:
        raise Unreachable(f"{document.server}: {document.did} is {status} at present")
    detail = f"{document.server} says: {status or 'not active'}"
    return STATUSES.get(status or "", State.NOT_FOUND), detail, page


def _activity(response: Response) -> tuple[bool, str | None]:
    said = response.json()
    if not isinstance(said, dict) or not isinstance(said.get("active"), bool):
        raise UnreadablePage(f"{response.url}: not the status of a repository")
    status = said.get("status")
    return said["active"], status if isinstance(status, str) else None


def _verified(
    web: Web, directories: Directories, account: AccountRef, document: Document
) -> tuple[str | None, str | None]:
    """The handle that the document claims, where it leads back; else None, and why.

    A handle that was verified before is not asked for again.
    """
    if not document.handles:
        return None, "it claims no handle"
    claimed = document.handles[0]
    if claimed == account.handle:
        return claimed, None
    leads_to = resolve_handle(web, directories.appview, claimed).did
    if leads_to == document.did:
        return claimed, None
    return None, f"it claims the handle {claimed}, which leads to {leads_to or 'nobody'}"
