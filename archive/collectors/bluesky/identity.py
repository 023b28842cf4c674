"""Who is behind a handle and where an account is served: handles, DIDs and their documents."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from archive.atproto.addresses import handle_of
from archive.collectors.bluesky.xrpc import OK, ask, evidence, not_understood, refusal_of
from archive.contract import CollectingError, Page, Response, UnreadablePage, Web
from db.words import State

GONE: dict[int, State] = {404: State.NOT_FOUND, 410: State.DELETED}
"""Status with which a directory answers for a DID that was never registered, or is no more."""

SERVER_ID = "#atproto_pds"
SERVER_TYPE = "AtprotoPersonalDataServer"


@dataclass(frozen=True, slots=True)
class Resolved:
    """Where a handle leads. `did` None: nowhere, in the words of `detail`."""

    did: str | None
    detail: str | None
    page: Page


@dataclass(frozen=True, slots=True)
class Document:
    """What a DID's document says. Not active: there is none, or it names no server."""

    did: str
    state: State = State.ACTIVE
    handles: tuple[str, ...] = ()
    """Those that it claims, its main one first."""
    server: str | None = None
    detail: str | None = None
    page: Page | None = None


def resolve_handle(web: Web, appview: str, handle: str) -> Resolved:
    """The DID to which a handle leads. Raises CollectingError and UnreadablePage."""
    response = ask(web, appview, "com.atproto.identity.resolveHandle", handle=handle)
    if response.status != OK:
        refusal = refusal_of(response)
        if refusal.name not in {"InvalidRequest", "HandleNotFound"}:
            raise not_understood(response)
        return Resolved(None, str(refusal), evidence(response))
    said = response.json()
    did = said.get("did") if isinstance(said, dict) else None
    if not isinstance(did, str):
        raise UnreadablePage(f"{response.url}: no DID in the answer")
    return Resolved(did, None, evidence(response))


def document_address(plc: str, did: str) -> str:
    """Where a DID's document lies: in the directory, or on the host that it names."""
    if did.startswith("did:web:"):
        return f"https://{unquote(did.removeprefix('did:web:'))}/.well-known/did.json"
    return f"{plc.rstrip('/')}/{quote(did, safe=':')}"


def fetch_document(web: Web, plc: str, did: str) -> Document:
    """A DID's document. Raises CollectingError and UnreadablePage."""
    response = web.get(document_address(plc, did))
    if response.status in GONE:
        detail = f"the directory answers {response.status} for this DID"
        return Document(did, GONE[response.status], detail=detail, page=evidence(response))
    if response.status != OK:
        raise CollectingError(f"{response.url}: refused with {response.status} {refusal_of(response)}")
    return _read_document(did, response)


def _read_document(did: str, response: Response) -> Document:
    said = response.json()
    if not isinstance(said, dict) or said.get("id") != did:
        raise UnreadablePage(f"{response.url}: not the document of {did}")
    server = _server(_entries(said, "service"), did)
    return Document(
        did,
        State.ACTIVE if server else State.NOT_FOUND,
        handles=_handles(_entries(said, "alsoKnownAs")),
        server=server,
        detail=None if server else "its DID document names no server",
        page=evidence(response),
    )


def _entries(said: dict[str, Any], name: str) -> list[Any]:
    entries = said.get(name)
    return entries if isinstance(entries, list) else []


def _handles(names: list[Any]) -> tuple[str, ...]:
    found = (handle_of(name) for name in names if isinstance(name, str) and name.startswith("at://"))
    return tuple(handle for handle in found if handle)


def _server(services: list[Any], did: str) -> str | None:
    """The first one counts: atproto.com/specs/did."""
    for service in services:
        if not isinstance(service, dict) or service.get("type") != SERVER_TYPE:
            continue
        place = service.get("serviceEndpoint")
        if service.get("id") in (SERVER_ID, did + SERVER_ID) and isinstance(place, str):
            return place.rstrip("/")
    return None
