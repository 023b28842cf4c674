"""Whether an account's server still holds records that are archived, and with what words."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from archive.atproto.addresses import POST, RecordAddress, record_address
from archive.atproto.car import Tree, commit_of, read_export
from archive.collectors.bluesky.pages import LISTING, RECORD, read_listing
from archive.collectors.bluesky.xrpc import OK, evidence, not_understood, refusal_of
from archive.contract import KnownPost, Page, PostSeen, Rechecked, Response, Served, UnreadablePage
from db.words import State

PAGE_SIZE = 100
"""The most that listRecords gives."""

Ask = Callable[[str, dict[str, str | int | None]], Response]
"""A method and its parameters; answers from the account's server."""

GONE = "RecordNotFound"

HELD = "the signed repository holds it: its server's operator took it down"


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one account that are to be asked for."""

    did: str
    ask: Ask

    def recheck(self, posts: Sequence[KnownPost]) -> Iterator[Rechecked]:
        """What the server says of each: as one listing where that shows several, else one by one.

        What a listing leaves out is asked for by itself: only RecordNotFound says that it is gone.
        """
        for collection, keys in _by_collection(self.did, posts).items():
            ahead = sorted(keys)
            while ahead:
                if len(ahead) == 1:
                    yield self._single(collection, ahead.pop())
                    continue
                listing, shown, reached = self._listing(collection, ahead[0])
                covered = [key for key in ahead if reached is None or key <= reached] or ahead[:1]
                there = [key for key in covered if key in shown]
                if there:
                    seen = (PostSeen(self._uri(collection, key), State.ACTIVE) for key in there)
                    yield Rechecked(Served(listing, end=True), tuple(seen))
                for key in covered:
                    if key not in shown:
                        yield self._single(collection, key)
                ahead = ahead[len(covered) :]

    def _listing(self, collection: str, first: str) -> tuple[Page, frozenset[str], str | None]:
        """A page of records from a key on, the keys on it, and the last one; None: all were listed."""
        response = self.ask(
            "com.atproto.repo.listRecords",
            {
                "repo": self.did,
                "collection": collection,
                "limit": PAGE_SIZE,
                "reverse": "true",
                "cursor": first[:-1] or None,  # sorts before the key
            },
        )
        if response.status != OK:
            raise not_understood(response)
        page = response.page(holds=LISTING, did=self.did, collection=collection)
        listing = read_listing(page)
        reached = max(listing.keys, default="") if listing.cursor is not None else None
        return page, frozenset(listing.keys), reached

    def _single(self, collection: str, key: str) -> Rechecked:
        """One record by itself."""
        uri = self._uri(collection, key)
        params: dict[str, str | int | None] = {"repo": self.did, "collection": collection, "rkey": key}
        response = self.ask("com.atproto.repo.getRecord", params)
        if response.status == OK:
            said = response.json()
            if not isinstance(said, dict) or said.get("uri") != uri:
                return Rechecked(Served(evidence(response), end=True))
            is_post = collection == POST
            page = response.page(holds=RECORD, did=self.did) if is_post else evidence(response)
            return Rechecked(Served(page, end=True), (PostSeen(uri, State.ACTIVE),))
        refusal = refusal_of(response)
        if refusal.name != GONE:
            return Rechecked(Served(evidence(response), end=True))
        held, proof = self._signed(collection, key)
        state, detail = (State.SUSPENDED, HELD) if held else (State.NOT_FOUND, str(refusal))
        return Rechecked(
            Served(evidence(response), end=True, enclosed=proof), (PostSeen(uri, state, detail),)
        )

    def _signed(self, collection: str, key: str) -> tuple[bool, tuple[Page, ...]]:
        """Whether the repository, as its owner signed it, still holds a record that the server shows not.

        A record that the server's operator took down is left out like a deleted one, but not from the
        signed tree. A server that does not hand out the tree's branch says nothing of it.
        """
        params: dict[str, str | int | None] = {"did": self.did, "collection": collection, "rkey": key}
        response = self.ask("com.atproto.sync.getRecord", params)
        if response.status != OK:
            return False, ()
        try:
            held = f"{collection}/{key}" in self._paths(response.body)
        except UnreadablePage:
            held = False
        return held, (evidence(response),)

    def _paths(self, body: bytes) -> frozenset[str]:
        """The records of which a part of the signed tree tells. Raises UnreadablePage."""
        export = read_export(body)
        commit = commit_of(export, self.did)
        entries = Tree(export.blocks).entries(commit.tree) if commit else ()
        return frozenset(path for path, _ in entries)

    def _uri(self, collection: str, key: str) -> str:
        return str(RecordAddress(self.did, collection, key))


def _by_collection(did: str, posts: Iterable[KnownPost]) -> dict[str, list[str]]:
    """Collection -> keys; a post whose id is no address in this repository is nobody's to ask for."""
    found: dict[str, list[str]] = {}
    for post in posts:
        address = record_address(post.post_id)
        if address is not None and address.repo == did:
            found.setdefault(address.collection, []).append(address.key)
    return found
