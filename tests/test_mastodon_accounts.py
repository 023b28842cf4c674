"""Who an account on Mastodon is, where its home is, what token goes there; single posts."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from fake_mastodon import SERVER, TOKEN, FakeMastodon
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import Answer, Asked, html, json_answer, serving
from mastodon_reading import made, posts_of, read, seen_ref
from plain_web import PlainWeb, plain_web, records_of
from world import World, filled

from archive.collectors.mastodon import collector
from archive.collectors.mastodon.addresses import home_of, post_address
from archive.collectors.mastodon.tokens import credential_for, how_to_give, token_name
from archive.contract import (
    AccountRef,
    AccountUnavailable,
    CollectingError,
    Post,
    Setup,
    SourceRefused,
    UnreadablePage,
)
from db.words import State


@pytest.fixture
def web() -> Iterator[PlainWeb]:
    with plain_web() as client:
        yield client


# ---- who and where --------------------------------------------------------------------------------


def test_a_look_gives_identity_handle_and_the_account_s_own_address(web: PlainWeb) -> None:
    fake = FakeMastodon(filled(1))
    with serving(fake) as server:
        seen = made(server).look(web, fake.ref("ada", server.url))
    local_id = fake.local_id(fake.world.accounts["ada"])
    assert (seen.state, seen.display_name) == (State.ACTIVE, "Ada")
    assert seen.platform_id == f"{SERVER}/ap/users/{local_id}"
    assert seen.home == f"{server.url}/api/v1/accounts/{local_id}"
    assert list(made(server).parse(seen.pages[0])) == []


@pytest.mark.parametrize(
    ("flavour", "actor"), [("mastodon-4.1", False), ("gotosocial", False), ("pleroma", True)]
)
def test_without_uri_the_identity_is_the_actor_or_the_server_and_its_id(
    web: PlainWeb, flavour: str, actor: bool
) -> None:
    fake = FakeMastodon(filled(1), flavour=flavour)
    with serving(fake) as server:
        seen = made(server).look(web, fake.ref("ada", server.url))
    local_id = fake.local_id(fake.world.accounts["ada"])
    expected = f"{SERVER}/ap/users/{local_id}" if actor else f"{server.url}/{local_id}"
    assert seen.platform_id == expected


def test_a_renamed_account_is_found_by_its_id_and_tells_its_new_handle(web: PlainWeb) -> None:
    world = filled(3)
    with serving(FakeMastodon(world)) as server:
        ref = seen_ref(server, web)
        world.rename("ada", "ada_mp")
        world.account("bob").handle = "ada"
        seen = made(server).look(web, ref)
        assert seen.platform_id == ref.platform_id
        assert seen.handle == f"ada_mp@{server.url.partition('://')[2]}"
        assert len(posts_of(server, read(server, web, ref))) == 3


def test_an_account_without_a_known_home_is_looked_for_before_its_posts(web: PlainWeb) -> None:
    fake = FakeMastodon(filled(3))
    with serving(fake) as server:
        bare = fake.ref("ada", server.url)
        assert len(posts_of(server, read(server, web, bare))) == 3
        assert len(posts_of(server, read(server, web, replace(bare, handle="ada", home=server.url)))) == 3


class Domain(FakeMastodon):
    """Answers in its own way, such as a domain for handles beside the server that it names."""

    def __init__(self, world: World, own_way: Callable[[Asked], Answer]) -> None:
        super().__init__(world)
        self._own_way = own_way

    def answer(self, asked: Asked) -> Answer:
        return self._own_way(asked)


def test_the_home_server_is_where_webfinger_leads(web: PlainWeb) -> None:
    fake = FakeMastodon(filled(1))
    with serving(fake) as server:

        def webfinger(asked: Asked) -> Answer:
            subject = asked.first("resource")
            return json_answer(
                {"subject": subject, "links": [{"rel": "self", "href": f"{server.url}/users/ada"}]}
            )

        with serving(Domain(fake.world, webfinger)) as domain:
            handle = f"ada@{domain.url.partition('://')[2]}"
            seen = made(server).look(web, AccountRef("mastodon", handle=handle))
    assert seen.handle == handle
    assert seen.home is not None
    assert seen.home.startswith(server.url)


@pytest.mark.parametrize("status", [200, 404])
def test_a_domain_without_webfinger_is_asked_as_the_home_server(web: PlainWeb, status: int) -> None:
    fake = FakeMastodon(filled(1))

    def without(asked: Asked) -> Answer:
        if asked.path.startswith("/.well-known"):
            return replace(html(asked, Answer()), status=status)
        return fake.answer(asked)

    with serving(Domain(fake.world, without)) as server:
        seen = made(server).look(web, fake.ref("ada", server.url))
    assert seen.state is State.ACTIVE


def test_a_handle_without_a_server_is_refused_with_what_to_do(web: PlainWeb) -> None:
    with pytest.raises(CollectingError, match="user@server"):
        collector(Setup()).look(web, AccountRef("mastodon", handle="ada"))


@pytest.mark.parametrize("state", [State.SUSPENDED, State.DELETED, State.NOT_FOUND])
def test_a_state_is_told_by_the_look_with_its_evidence(web: PlainWeb, state: State) -> None:
    fake = FakeMastodon(filled(2))
    with serving(fake) as server:
        ref = seen_ref(server, web)
        fake.world.accounts["ada"].state = state
        for asked in (ref, fake.ref("ada", server.url)):
            seen = made(server).look(web, asked)
            assert (seen.state, len(seen.pages)) == (state, 1)
            assert list(made(server).parse(seen.pages[0])) == []
        with pytest.raises(AccountUnavailable) as caught:
            read(server, web, fake.ref("ada", server.url))
    assert caught.value.state == state


def test_an_account_that_is_gone_while_it_is_read_is_no_empty_account(web: PlainWeb) -> None:
    fake = FakeMastodon(filled(2))
    with serving(fake) as server:
        ref = seen_ref(server, web)
        fake.world.accounts["ada"].state = State.NOT_FOUND
        with pytest.raises(AccountUnavailable) as caught:
            read(server, web, ref)
    assert (caught.value.state, len(caught.value.pages)) == (State.NOT_FOUND, 1)


def test_a_moved_account_tells_where_to_and_a_limited_one_is_active(web: PlainWeb) -> None:
    fake = FakeMastodon(filled(1))
    fake.limited.add("ada")
    with serving(fake) as server:
        limited = made(server).look(web, fake.ref("ada", server.url))
        fake.world.accounts["ada"].moved_to = "ada@other.example"
        moved = made(server).look(web, fake.ref("ada", server.url))
    assert (limited.state, limited.detail) == (State.ACTIVE, "limited by its server")
    assert (moved.state, moved.moved_to) == (State.MOVED, "ada@other.example")


def test_a_web_page_instead_of_an_answer_is_unreadable(web: PlainWeb) -> None:
    with serving(FakeMastodon(filled(2))) as server:
        ref = seen_ref(server, web)
        server.fail(0, "html", html)
        with pytest.raises(UnreadablePage) as caught:
            read(server, web, ref)
    assert caught.value.page is not None


def page(status: int) -> Answer:
    """A web page, as it comes from what stands before a server."""
    return replace(html(Asked("/", {}, {}), Answer()), status=status)


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (json_answer({"error": "slow down"}, 400), CollectingError, "400 .slow down"),
        (
            Answer(403, b"<html>are you human?", {"Content-Type": "text/html"}),
            CollectingError,
            "403 .text/html",
        ),
        (json_answer({"username": "ada"}), UnreadablePage, "it has no id"),
        (json_answer(["ada"]), UnreadablePage, "it has no id"),
        (json_answer({"error": "no"}, 422), SourceRefused, "422 .no"),
    ],
)
def test_an_answer_that_is_no_account_is_an_error_that_says_so(
    web: PlainWeb, answer: Answer, error: type[Exception], says: str
) -> None:
    with serving(Domain(filled(1), lambda _asked: answer)) as server, pytest.raises(error, match=says):
        made(server).look(web, AccountRef("mastodon", handle="ada", home=server.url))


def test_a_server_that_calls_its_api_deprecated_is_reported_once(
    web: PlainWeb, caplog: pytest.LogCaptureFixture
) -> None:
    fake = FakeMastodon(filled(3))
    fake.deprecation = "@1735689600"
    with serving(fake) as server:
        read(server, web, seen_ref(server, web))
        read(server, web, seen_ref(server, web))
        host = server.url.partition("://")[2]
    (said,) = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
    assert host in said
    assert "@1735689600" in said


def test_another_server_s_view_of_an_account_is_refused_as_incomplete(web: PlainWeb) -> None:
    far = {"id": "77", "acct": "ada@far.example", "uri": "https://far.example/users/ada"}
    with serving(Domain(filled(1), lambda _asked: json_answer(far))) as server:
        for home in (server.url, f"{server.url}/api/v1/accounts/77"):
            ref = AccountRef("mastodon", handle="ada@far.example", home=home)
            with pytest.raises(CollectingError, match=r"far\.example"):
                made(server).look(web, ref)


@pytest.mark.parametrize("domain", ["party.example", "{host}"])
def test_a_server_that_names_its_own_accounts_in_full_is_their_home(web: PlainWeb, domain: str) -> None:
    def account(asked: Asked) -> Answer:
        host = asked.headers["host"]
        acct = f"ada@{domain.format(host=host)}"
        return json_answer({"id": "77", "acct": acct, "url": f"http://{host}/@{acct}"})

    with serving(Domain(filled(1), account)) as server:
        host = server.url.partition("://")[2]
        handle = f"ada@{domain.format(host=host)}"
        seen = made(server).look(web, AccountRef("mastodon", handle=handle, home=server.url))
    assert (seen.state, seen.handle) == (State.ACTIVE, handle)


# ---- tokens ---------------------------------------------------------------------------------------


def test_a_server_that_wants_a_token_says_which_variable_to_set(web: PlainWeb) -> None:
    fake = FakeMastodon(filled(1), flavour="takahe")
    with serving(fake) as server:
        poor = collector(
            Setup({"HUSTINGS_MASTODON_WEBFINGER": server.settings["HUSTINGS_MASTODON_WEBFINGER"]})
        )
        with pytest.raises(SourceRefused, match="HUSTINGS_MASTODON_TOKEN_127_0_0_1_PORT_") as caught:
            poor.look(web, fake.ref("ada", server.url))
    assert TOKEN not in str(caught.value)


def test_a_token_goes_to_its_own_server_alone() -> None:
    secrets = {"HUSTINGS_MASTODON_TOKEN": "general", "HUSTINGS_MASTODON_TOKEN_TOWN_EXAMPLE": "own"}

    def sent(server: str, **chosen: str) -> str | None:
        found = credential_for(Setup(chosen, secrets.get), server)
        return found.value if found else None

    assert sent("https://town.example") == "Bearer own"
    assert sent("http://town.example") is None
    assert sent("https://other.example") is None
    assert sent("https://other.example", HUSTINGS_MASTODON_TOKEN_HOST="Other.example") == "Bearer general"
    assert sent("https://third.example", HUSTINGS_MASTODON_TOKEN_HOST="other.example") is None
    assert (
        sent("http://127.0.0.1.evil.example", HUSTINGS_MASTODON_TOKEN_HOST="127.0.0.1.evil.example") is None
    )


def test_no_two_servers_share_a_variable() -> None:
    hosts = ["my-town.social", "my.town.social", "my.town.social:8080", "town.social", "my--town.social"]
    assert len({token_name(f"https://{host}") for host in hosts}) == len(hosts)
    assert token_name("https://my-town.social") == "HUSTINGS_MASTODON_TOKEN_MY__TOWN_SOCIAL"
    assert token_name("https://my_town.social") is None
    assert "HUSTINGS_MASTODON_TOKEN" in how_to_give("https://my_town.social")


def test_the_token_is_in_no_page(web: PlainWeb) -> None:
    with serving(FakeMastodon(filled(3), flavour="takahe")) as server:
        steps = read(server, web, seen_ref(server, web))
    assert not any(TOKEN in repr(replace(step.page, body=b"")) for step in steps)


# ---- single posts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://town.example/@ada/112233", "https://town.example/api/v1/statuses/112233"),
        ("https://town.example/@ada@other.example/112233", "https://town.example/api/v1/statuses/112233"),
        ("https://Town.example/users/ada/statuses/112233?x=1", "https://town.example/api/v1/statuses/112233"),
        (
            "https://town.example/@ada/statuses/01J2ABCDEFGHJKMNPQRSTVWXYZ",
            "https://town.example/api/v1/statuses/01J2ABCDEFGHJKMNPQRSTVWXYZ",
        ),
        (
            "https://town.example/notice/AjK3mX9pQ2rS5tU8vW",
            "https://town.example/api/v1/statuses/AjK3mX9pQ2rS5tU8vW",
        ),
        ("https://video.example/@ada/videos", None),
        ("https://town.example/@ada", None),
        ("https://town.example/@ada/followers", None),
        ("https://town.example/users/ada/statuses/../../x", None),
        ("ftp://town.example/@ada/112233", None),
        ("not an address", None),
    ],
)
def test_addresses_of_posts_are_recognised(url: str, address: str | None) -> None:
    assert post_address(url) == address


@settings(max_examples=100, deadline=None)
@given(st.text("htps:/@ad.1?#", max_size=30))
def test_any_address_is_recognised_or_not(url: str) -> None:
    assert post_address(url) is None or post_address(url) != url
    home_of(url)


def test_one_post_is_fetched_with_its_versions(web: PlainWeb) -> None:
    world = filled(3)
    world.edit(world.posts[1], "Better said.")
    fake = FakeMastodon(world)
    with serving(fake) as server:
        reader = made(server)
        address = reader.recognise(f"{server.url}/@ada/{fake.status_id(world.posts[1])}")
        assert address is not None
        post, whole = records_of(reader, reader.fetch_post(web, address))
        assert isinstance(post, Post)
        assert isinstance(whole, Post)
        assert (post.post_id, post.text) == (fake.post_id(world.posts[1]), "Better said.")
        assert len(whole.versions) == 1
        with pytest.raises(CollectingError, match="no such post"):
            reader.fetch_post(web, f"{server.url}/api/v1/statuses/5")
