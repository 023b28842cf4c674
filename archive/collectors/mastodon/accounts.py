"""Which server serves an account, and what that server says of it."""

import logging
from dataclasses import dataclass

from archive.collectors.mastodon.addresses import (
    WEBFINGER,
    Home,
    home_of,
    host_of,
    server_of,
    split_handle,
)
from archive.collectors.mastodon.tokens import credential_for, how_to_give
from archive.contract import (
    AccountRef,
    AccountSeen,
    CollectingError,
    Page,
    Response,
    Setup,
    SourceRefused,
    UnreadablePage,
    Web,
)
from archive.contract.web import Params, read_json
from archive.entities import Entity, text
from archive.fediverse import full_handle
from db.words import State

log = logging.getLogger(__name__)

OK = 200
GONE: dict[int, State] = {404: State.NOT_FOUND, 410: State.DELETED}
"""What the API says of accounts that it does not show; as a web page, these speak of the server's trouble."""
TOKEN_WANTED = frozenset({401, 403, 422})
"""Statuses with which servers refuse those who show no token (422: Mastodon's `requires an authenticated
user`). As a web page, they come from something before the server, which no token would open."""

EVIDENCE = "account"
"""`holds` of a page that speaks of an account and has no posts."""
SELF = "self"
"""The link of a WebFinger answer that leads to the account itself."""

_DEPRECATED: set[str] = set()
"""Hosts of which this process said that they call something deprecated."""


@dataclass(frozen=True, slots=True)
class Found:
    """An account as its home server knows it."""

    home: Home
    seen: AccountSeen

    @property
    def domain(self) -> str:
        """What follows the @ in the handles of its server."""
        named = split_handle(self.seen.handle)
        return named[1] if named else self.home.host


def find_account(web: Web, setup: Setup, ref: AccountRef) -> Found:
    """Ask the home server who an account is: by its id there where that is known, else by its handle.

    Raises CollectingError where nothing is known to ask by, SourceRefused where the server wants a token.
    """
    home = home_of(ref.home)
    if home is not None and home.local_id is not None:
        response = ask(web, setup, home.server, home.address)
        return _found(ref, home, response, _domain(ref, home))
    acct, home = _located(web, setup, ref, home)
    response = ask(web, setup, home.server, home.lookup, params={"acct": acct})
    named = split_handle(acct)
    return _found(ref, home, response, named[1] if named else home.host)


def ask(
    web: Web, setup: Setup, server: str, url: str, *, params: Params | None = None, bucket: str = ""
) -> Response:
    """A server's answer, with the token that is for this server. Raises SourceRefused where it wants one."""
    response = get(web, setup, server, url, params=params, bucket=bucket)
    if response.status in TOKEN_WANTED and _by_api(response):
        raise SourceRefused(
            f"{host_of(server)} answers {response.status} ({words_of(response)}): it serves nobody without a "
            f"token that it knows; {how_to_give(server)}",
            host=host_of(server),
        )
    return response


def get(
    web: Web, setup: Setup, server: str, url: str, *, params: Params | None = None, bucket: str = ""
) -> Response:
    """A server's answer, whatever it is, with the token that is for this server."""
    response = web.get(url, params=params, credential=credential_for(setup, server), bucket=bucket)
    said, host = response.headers.get("deprecation"), host_of(server)
    if said and host not in _DEPRECATED:
        _DEPRECATED.add(host)
        log.warning("%s calls a part of its API deprecated (%s): %s", host, said, url)
    return response


def gone_of(response: Response) -> State | None:
    """The state of an account that the API says is not there; None where it says nothing of the kind."""
    return GONE.get(response.status) if _by_api(response) else None


def _by_api(response: Response) -> bool:
    return response.media_type.endswith("json")


def words_of(response: Response) -> str:
    """The server's own words for an error."""
    try:
        said = response.json()
    except UnreadablePage:
        return response.media_type
    message = said.get("error") if isinstance(said, dict) else None
    return message[:200] if isinstance(message, str) else response.media_type


def _domain(ref: AccountRef, home: Home) -> str:
    named = split_handle(ref.handle)
    return named[1] if named else home.host


def _located(web: Web, setup: Setup, ref: AccountRef, home: Home | None) -> tuple[str, Home]:
    """The account's full handle and its home server."""
    if home is not None and ref.handle:
        return full_handle(ref.handle.removeprefix("@"), home.host), home
    named = split_handle(ref.handle)
    if named is None:
        raise CollectingError(
            f"mastodon account {ref.handle or ref.platform_id or ref.home}: which server? Give its handle "
            "as user@server"
        )
    return _by_webfinger(web, setup, *named)


def _by_webfinger(web: Web, setup: Setup, user: str, domain: str) -> tuple[str, Home]:
    """What a domain says of one of its accounts; itself, where it says nothing.

    The server may be another than the domain of the handle: its address is where `self` leads.
    """
    acct = f"{user}@{domain}"
    where = setup.settings.get("HUSTINGS_MASTODON_WEBFINGER", WEBFINGER).replace("{host}", domain)
    response = web.get(where, params={"resource": f"acct:{acct}"})
    said = _described(response) if response.status == OK else {}
    subject = said.get("subject")
    if isinstance(subject, str) and split_handle(subject.removeprefix("acct:")):
        acct = subject.removeprefix("acct:")
    return acct, Home(_self_server(said) or server_of(where) or f"https://{domain}")


def _described(response: Response) -> Entity:
    """A WebFinger answer; nothing where it is none (a web page, as domains without WebFinger serve)."""
    try:
        said = response.json()
    except UnreadablePage:
        return {}
    return said if isinstance(said, dict) else {}


def _self_server(said: Entity) -> str | None:
    links = said.get("links")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("rel") == SELF and isinstance(link.get("href"), str):
            return server_of(link["href"])
    return None


def _found(ref: AccountRef, home: Home, response: Response, domain: str) -> Found:
    page = response.page(holds=EVIDENCE)
    gone = gone_of(response)
    if gone is not None:
        detail = f"{home.host} answers {response.status}: {words_of(response)}"
        seen = AccountSeen(
            state=gone,
            platform_id=ref.platform_id,
            handle=ref.handle,
            home=ref.home,
            detail=detail,
            pages=(page,),
        )
        return Found(home, seen)
    if response.status != OK:
        raise CollectingError(f"{response.url}: answers {response.status} ({words_of(response)})")
    said = response.json()
    local_id = said.get("id") if isinstance(said, dict) else None
    if not isinstance(local_id, str) or not local_id or not local_id.isprintable():
        raise UnreadablePage(f"{response.url}: no account (it has no id)", page)
    home = Home(home.server, local_id)
    return Found(home, account_seen(said, home, domain, ref=ref, page=page))


def statuses_counted(seen: AccountSeen) -> int:
    """How many posts a server counts for an account that it shows; 0 where it does not say."""
    said = read_json(seen.pages[0])
    count = said.get("statuses_count") if isinstance(said, dict) else None
    return count if isinstance(count, int) and count > 0 else 0


def account_seen(said: Entity, home: Home, domain: str, *, ref: AccountRef, page: Page) -> AccountSeen:
    """An account's record (Mastodon's entity `Account`) in our words.

    Raises CollectingError where it is at home elsewhere: other servers have what happened to reach them.
    """
    _check_home(said, home)
    moved = said.get("moved")
    acct = text(said, "acct") or text(said, "username")
    state, detail = _state(said)
    return AccountSeen(
        state=state,
        platform_id=_kept_identity(ref, home) or identity_of(said, home.server),
        handle=full_handle(acct, domain) if acct else ref.handle,
        display_name=text(said, "display_name"),
        url=text(said, "url"),
        home=home.address,
        moved_to=_moved_to(moved, home.host) if isinstance(moved, dict) else None,
        detail=detail,
        pages=(page,),
    )


def _check_home(said: Entity, home: Home) -> None:
    named = split_handle(text(said, "acct"))
    actor = _actor(said) or text(said, "url")
    elsewhere = server_of(actor) if actor is not None else None
    # Takahe names its own accounts in full too, and a server may serve the handles of another domain.
    if named and named[1] != home.host and elsewhere and host_of(elsewhere) != home.host:
        raise CollectingError(
            f"{home.host} shows a copy of @{'@'.join(named)}, which is incomplete: its home is {elsewhere}; "
            f"give its handle without another home"
        )


def _state(said: Entity) -> tuple[State, str | None]:
    """Suspended and moved accounts show nothing (new); limited ones are only hidden from lists."""
    if said.get("suspended") is True:
        return State.SUSPENDED, "suspended by its server"
    if isinstance(said.get("moved"), dict):
        return State.MOVED, "the account says that it moved"
    return State.ACTIVE, "limited by its server" if said.get("limited") is True else None


def _moved_to(moved: Entity, host: str) -> str | None:
    acct = text(moved, "acct")
    return full_handle(acct, host) if acct else None


def _kept_identity(ref: AccountRef, home: Home) -> str | None:
    """`<server>/<id>`, where the archive knows it so: it stays that when the server tells more later."""
    fallback = f"{home.server}/{home.local_id}"
    return fallback if ref.platform_id == fallback else None


def identity_of(said: Entity, server: str) -> str | None:
    """The immutable id of an account's record; None where it has no id at all.

    The address of the ActivityPub actor: `uri` (Mastodon from 4.2), `pleroma.ap_id`; else
    `<server>/<local id>`, which renaming does not change either.
    """
    actor = _actor(said)
    if actor is not None and server_of(actor) is not None:
        return actor
    local_id = text(said, "id")
    return f"{server}/{local_id}" if local_id else None


def _actor(said: Entity) -> str | None:
    pleroma = said.get("pleroma")
    return text(said, "uri") or (text(pleroma, "ap_id") if isinstance(pleroma, dict) else None)
