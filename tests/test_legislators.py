"""Lists of legislators: read as text, joined by their ids, and never trusted."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import legislators
from archive.account_claims import AccountFile
from archive.ballots.rows import AccountRow, Identifier
from archive.contract import UnreadableSource
from archive.legislators import read_legislators, top_level_items

CURRENT = """\
- id:
    bioguide: Q000001
    wikidata: Q999001
    govtrack: 400001
    fec:
    - H2XX01024
  name:
    first: Ada
    middle: M.
    last: Quill
    nickname: Addie
    official_full: Ada M. Quill
  terms:
  - type: rep
    start: '2031-01-03'
  - type: sen
    start: '2033-01-03'
    rss_url: https://quill.example/rss/feed
- id:
    bioguide: L000002
  name: {first: Bo, last: Lind}
"""

SOCIAL = """\
# Official accounts only.
- id:
    bioguide: Q000001
    thomas: '02019'
  social:
    twitter: SenQuill
    twitter_id: 700000000000000077
    facebook: senquill
    facebook_id: ~
    youtube: SenatorQuill
    youtube_id: UCabcdefghijklmnopqrstuv
    mastodon: '@quill@social.example'
- id:
    bioguide: L000002
  social:
    twitter: No
    instagram_id: 12
    youtube: bolind
    myspace: bo
"""
"""Without quotation marks, YAML takes `No` for a truth value: here it is a handle."""

CHANNEL = "UCabcdefghijklmnopqrstuv"


def read(*bodies: str) -> list[AccountFile]:
    return read_legislators({f"{number}.yaml": body.encode() for number, body in enumerate(bodies)})


def accounts(file: AccountFile) -> list[AccountRow]:
    return [claim.account for claim in file.claims]


def test_each_account_of_a_legislator_is_read_with_its_immutable_id_and_line() -> None:
    [social] = read(SOCIAL)

    assert accounts(social) == [
        AccountRow("x", "SenQuill", "700000000000000077"),
        AccountRow("facebook", "senquill"),
        AccountRow("mastodon", "quill@social.example"),
        AccountRow("youtube", None, CHANNEL),
        AccountRow("x", "No"),
        AccountRow("instagram", None, "12"),
    ]
    assert [claim.place for claim in social.claims] == ["line 2"] * 4 + ["line 13"] * 2


def test_what_names_no_account_is_told_with_its_line() -> None:
    [social] = read(SOCIAL)

    assert [(one.place, one.reason.split(":")[1].strip()) for one in social.unread] == [
        ("line 13", "youtube"),
        ("line 13", "myspace"),
    ]


@pytest.mark.parametrize("bodies", [(CURRENT, SOCIAL), (SOCIAL, CURRENT)])
def test_files_complete_each_other_in_any_order(bodies: tuple[str, str]) -> None:
    files = read(*bodies)

    claim = next(claim for file in files for claim in file.claims if claim.account.platform == "x")
    assert claim.owner.label == "Ada M. Quill Q000001"
    assert claim.owner.names == ("Ada M. Quill", "Ada Quill", "Addie Quill")
    assert {*claim.owner.identifiers} == {
        Identifier("bioguide", "Q000001"),
        Identifier("wikidata", "Q999001"),
        Identifier("govtrack", "400001"),
        Identifier("thomas", "02019"),
    }


def test_the_feed_of_the_official_site_is_that_of_the_newest_term() -> None:
    [current] = read(CURRENT)

    assert accounts(current) == [AccountRow("feed", "https://quill.example/rss/feed")]


def test_a_name_that_two_legislators_bear_names_neither() -> None:
    twins = "".join(
        f"- id: {{bioguide: Q00000{number}, lis: S{number}}}\n  name: {{first: Ada, last: Quill}}\n"
        f"  social: {{twitter: ada{number}}}\n"
        for number in (1, 2)
    )
    [file] = read(twins)

    assert [claim.owner.names for claim in file.claims] == [(), ()]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("a: &a [x]\nb: *a\n", "line 1: not a list"),
        ("- &a {id: {bioguide: A1}}\n- *a\n", "line 2: an alias"),
        ("- id: {bioguide: A1}\n  <<: *a\n", "line 2: an alias"),
        ("- " * 40 + "x", "nested more than"),
        ("[" * 100_000, "nest"),
        ("just text", "line 1: not a list"),
        ("- id: {bioguide: A1}\n- x\n", "line 2: not an entry"),
        ("- id: {wikidata: Q1}\n", "line 1: no `bioguide`"),
        ("- id: {bioguide: A1, bioguide: A2}\n", "line 1: bioguide is there twice"),
        ("- {[a]: b}\n", "line 1: a key that is no text"),
        ("- id: 'A1\n", "not YAML"),
        ("- !!python/object/apply:os.system ['true']\n", "line 1: not an entry"),
        ("- a\x00b", "not YAML"),
    ],
)
def test_another_layout_is_refused_with_its_line(body: str, said: str) -> None:
    with pytest.raises(UnreadableSource, match=r"0\.yaml") as refused:
        read(body)
    assert said in str(refused.value)


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    bomb = "- id: {bioguide: A1}\n  a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"  a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 12)
    )
    with pytest.raises(UnreadableSource, match="alias"):
        read(bomb)


def test_a_file_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legislators, "MOST_BYTES", 10)
    with pytest.raises(UnreadableSource, match="more than a list"):
        read(CURRENT)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(UnreadableSource, match="not YAML"):
        list(top_level_items("a.yaml", b"- \xff\xfe\xff"))


@given(st.text(max_size=200) | st.text(alphabet="-:[]{}&*!|>'\"\n a1~", max_size=200))
def test_any_text_is_read_or_refused(body: str) -> None:
    with suppress(UnreadableSource):
        read_legislators({"a.yaml": body.encode()})


plain = st.text(alphabet="abc01 _", max_size=8)
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(plain, inner, max_size=3), max_leaves=8
)


@given(st.lists(values, max_size=4))
def test_what_is_written_is_what_is_read(items: list[object]) -> None:
    def written(value: object) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f'"{key}": {written(inner)}' for key, inner in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(written(inner) for inner in value) + "]"
        return f'"{value}"'

    body = written(items).encode()
    assert [value for _, value in top_level_items("a.yaml", body)] == items
