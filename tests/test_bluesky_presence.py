"""Who and where an account of Bluesky is: two sides must agree, and nothing is called gone by mistake."""

from collections.abc import Iterator

import pytest
from bluesky_reading import ACTIVE, DID, Network, document, served
from canned_web import CannedWeb
from world import filled

from archive.collectors.bluesky import RepositoryCollector
from archive.contract import (
    AccountRef,
    AccountUnavailable,
    CollectingError,
    Unreachable,
)
from db.words import State


@pytest.fixture
def network() -> Iterator[Network]:
    with served(filled(25), page_size=7) as started:
        yield started


def test_a_handle_is_enough_to_find_identity_and_server(network: Network) -> None:
    seen = network.collector.look(network.web, AccountRef("bluesky", handle="@ADA.test"))

    assert (seen.state, seen.platform_id, seen.handle) == (State.ACTIVE, network.fake.did("ada"), "ada.test")
    assert seen.home == f"{network.loopback.url}/pds0"
    assert len(seen.pages) == 3


def test_a_did_in_the_place_of_the_handle_is_enough_too(network: Network) -> None:
    seen = network.collector.look(network.web, AccountRef("bluesky", handle=network.fake.did("ada")))

    assert (seen.platform_id, seen.handle) == (network.fake.did("ada"), "ada.test")


def test_a_renamed_account_is_found_by_its_identity(network: Network) -> None:
    before = network.ada
    network.fake.world.rename("ada", "ada-lovelace")

    assert network.collector.look(network.web, before).handle == "ada-lovelace.test"


def test_a_known_handle_is_not_resolved_again(network: Network) -> None:
    ada = network.ada
    network.loopback.asked.clear()
    network.collector.look(network.web, ada)

    assert not [one for one in network.loopback.asked if "resolveHandle" in one.path]


@pytest.mark.parametrize("state", [State.SUSPENDED, State.DEACTIVATED, State.DELETED, State.NOT_FOUND])
def test_each_state_is_told_by_look_and_by_fetch(network: Network, state: State) -> None:
    ada = network.ada
    network.fake.world.accounts["ada"].state = state

    assert network.collector.look(network.web, ada).state is state
    for after in (None, "rev 3lqqqqqqqqqqq", "rev 3lqqqqqqqqqqq app.bsky.feed.post"):
        with pytest.raises(AccountUnavailable) as raised:
            network.read(after=after, ref=ada)
        assert raised.value.state is state
        assert all(list(network.collector.parse(page)) == [] for page in raised.value.pages)
        assert raised.value.pages


def test_a_handle_that_nobody_has_is_not_found(network: Network) -> None:
    seen = network.collector.look(network.web, AccountRef("bluesky", handle="nobody.test"))

    assert seen.state is State.NOT_FOUND
    assert seen.detail == "InvalidRequest: Unable to resolve handle"


def test_what_is_no_handle_is_refused(network: Network) -> None:
    with pytest.raises(CollectingError, match="give its handle"):
        network.collector.look(network.web, AccountRef("bluesky", handle="no handle"))


def test_a_handle_that_the_document_does_not_claim_is_not_that_account() -> None:
    web = CannedWeb(
        {
            "resolveHandle": (200, {"did": DID}),
            "plc.directory": (200, document("ada.example")),
            "xrpc": ACTIVE,
        }
    )
    seen = RepositoryCollector().look(web, AccountRef("bluesky", handle="eve.example"))

    assert (seen.state, seen.platform_id) == (State.NOT_FOUND, None)
    assert "does not claim it" in (seen.detail or "")


def test_a_claimed_handle_that_leads_elsewhere_is_not_believed() -> None:
    other = "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb"
    web = CannedWeb(
        {
            "resolveHandle": (200, {"did": other}),
            "plc.directory": (200, document("famous.example")),
            "xrpc": ACTIVE,
        }
    )
    seen = RepositoryCollector().look(web, AccountRef("bluesky", DID))

    assert (seen.state, seen.platform_id, seen.handle) == (State.ACTIVE, DID, None)
    assert "famous.example" in (seen.detail or "")


def test_a_did_on_the_web_is_asked_at_its_host() -> None:
    did = "did:web:ada.example"
    said = {**document("ada.example"), "id": did}
    web = CannedWeb({"ada.example/.well-known/did.json": (200, said), "pds.example": ACTIVE})
    seen = RepositoryCollector().look(web, AccountRef("bluesky", did, handle="ada.example"))

    assert (seen.state, seen.home) == (State.ACTIVE, "https://pds.example")
    assert web.asked[0] == "https://ada.example/.well-known/did.json"


@pytest.mark.parametrize(("status", "state"), [(404, State.NOT_FOUND), (410, State.DELETED)])
def test_a_did_without_a_document_has_a_state(status: int, state: State) -> None:
    web = CannedWeb({"plc.directory": (status, {"message": "gone"})})

    assert RepositoryCollector().look(web, AccountRef("bluesky", DID)).state is state


def test_a_document_without_a_server_is_not_found() -> None:
    web = CannedWeb({"plc.directory": (200, {**document(), "service": []})})

    assert RepositoryCollector().look(web, AccountRef("bluesky", DID)).state is State.NOT_FOUND


def test_while_the_directory_is_away_the_known_server_is_asked() -> None:
    ref = AccountRef("bluesky", DID, "ada.example", "https://pds.example")
    seen = RepositoryCollector().look(CannedWeb({"plc.directory": None, "pds.example": ACTIVE}), ref)

    assert (seen.state, seen.handle) == (State.ACTIVE, "ada.example")


def test_while_the_directory_is_away_no_account_is_called_gone() -> None:
    ref = AccountRef("bluesky", DID, "ada.example", "https://pds.example")
    left = (200, {"did": DID, "active": False, "status": "deactivated"})
    with pytest.raises(Unreachable):
        RepositoryCollector().look(CannedWeb({"plc.directory": None, "pds.example": left}), ref)


def test_a_server_in_trouble_says_nothing_of_the_account() -> None:
    trouble = (200, {"did": DID, "active": False, "status": "desynchronized"})
    web = CannedWeb({"plc.directory": (200, document()), "pds.example": trouble})
    with pytest.raises(Unreachable, match="desynchronized"):
        RepositoryCollector().look(web, AccountRef("bluesky", DID))
