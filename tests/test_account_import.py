"""Accounts from files: to the right persons, each place accounted for."""

from pathlib import Path

import ballot_files
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from test_legislators import CURRENT, SOCIAL

from archive.account_files import read_account_files
from archive.account_import import AccountImport, import_accounts
from archive.accounts import add_account
from archive.contract import UnreadableSource
from archive.roster import import_roster
from db import writing
from db.models import Account, AccountHandle, Capture, Person, PersonIdentifier, PersonName

CLUB = (
    "person_id,person_name,twitter_username,mastodon_username,blue_sky_url,facebook_page_url,youtube_profile,"
    "threads_url,tiktok_url,homepage_url,blog_url"
)


@pytest.fixture(autouse=True)
def _persons(engine: Engine) -> None:
    with writing(engine) as session:
        session.add_all([Person(id="dc:801", name="Ada Quill"), Person(id="dc:802", name="Bo Lind")])
        session.flush()
        session.add(PersonIdentifier(person_id="dc:801", scheme="dc", value="801"))
        session.add(PersonIdentifier(person_id="dc:802", scheme="dc", value="802"))


def accounts(engine: Engine) -> dict[str, str | None]:
    """Platform and handle (or id) of every account, and its owner."""
    with Session(engine) as session:
        found = {}
        for account in session.exec(select(Account).order_by(col(Account.id))):
            query = select(AccountHandle.handle).where(AccountHandle.account_id == account.id)
            name = session.exec(query).first() or account.platform_id
            found[f"{account.platform}:{name}"] = account.person_id
        return found


def imported(engine: Engine, *paths: Path) -> AccountImport:
    """The import of one file: it adds up."""
    [one] = import_accounts(engine, *paths)
    assert one.read == one.created + one.known + len(one.not_known) + len(one.refused)
    return one


def said(told: tuple[object, ...]) -> list[str]:
    return [str(one) for one in told]


def test_every_place_of_a_plain_file_is_accounted_for(engine: Engine, tmp_path: Path) -> None:
    path = ballot_files.write(
        tmp_path,
        "accounts.csv",
        "person_id,platform,handle,platform_id,url",
        "dc:801,x,@adaquill,77,https://x.com/adaquill",
        "dc:801,youtube,,UCabcdefghijklmnopqrstuv,",
        "dc:801,X,adaquill,,",
        "dc:999,x,nobody,,",
        "dc:802,x,two words,,",
        "dc:802,twitter,bolind,,",
        ",x,bolind,,",
        "dc:802,bluesky,https://bsky.app/profile/bo.example,,",
    )
    one = imported(engine, path)

    assert (one.read, one.created, one.known) == (8, 3, 1)
    assert said(one.not_known) == ["row 5: x nobody: dc:999 is not known here"]
    assert [line.split(":")[0] for line in said(one.refused)] == ["row 6", "row 7", "row 8"]
    assert accounts(engine) == {
        "x:adaquill": "dc:801",
        "youtube:UCabcdefghijklmnopqrstuv": "dc:801",
        "bluesky:bo.example": "dc:802",
    }
    assert str(one) == "read 8 = created 3 + known 1 + not known here 1 + refused 3"


def test_a_second_import_knows_all_and_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    path = ballot_files.write(tmp_path, "a.csv", "person_id,platform,handle", "dc:801,x,adaquill")
    imported(engine, path)
    again = imported(engine, path)

    assert (again.created, again.known, again.changed) == (0, 1, 0)
    with Session(engine) as session:
        assert len(session.exec(select(Capture).where(Capture.kind == "file")).all()) == 1


def test_what_a_file_adds_to_a_known_account_is_told(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as session:
        add_account(session, "dc:801", "x", "adaquill")
    path = ballot_files.write(
        tmp_path, "a.csv", "person_id,platform,handle,platform_id", "dc:801,x,adaquill,77"
    )
    one = imported(engine, path)

    assert (one.created, one.known, one.changed) == (0, 1, 1)
    assert "known 1 (1 completed)" in str(one)


def test_an_account_that_two_persons_claim_is_refused_to_both(engine: Engine, tmp_path: Path) -> None:
    rows = [f"{person},x,shared" for person in ("dc:801", "dc:802")]
    one = imported(engine, ballot_files.write(tmp_path, "a.csv", "person_id,platform,handle", *rows))

    assert said(one.refused) == [f"row {row}: x shared: claimed by 2 persons" for row in (2, 3)]
    assert accounts(engine) == {"x:shared": None}


def test_all_platforms_of_democracy_clubs_export_are_read(engine: Engine, tmp_path: Path) -> None:
    path = ballot_files.write(
        tmp_path,
        "club.csv",
        CLUB,
        '801,Ada Quill,"""adaquill""",https://social.example/@ada,https://bsky.app/profile/ada.example,'
        "https://www.facebook.com/ada.quill,https://www.youtube.com/@adaquill,https://www.threads.net/@adaquill,"
        "https://www.tiktok.com/@adaquill,https://ada.example/,https://ada.example/blog/feed/",
        "801,Ada Quill,adaquill,,,https://www.facebook.com/groups/1234567/,,,,,",
    )
    one = imported(engine, path)

    assert (one.read, one.created, one.known) == (10, 8, 1)
    assert said(one.refused) == [
        "row 3: facebook_page_url: 'https://www.facebook.com/groups/1234567/' names no facebook account"
    ]
    assert {*accounts(engine)} == {
        "x:adaquill",
        "mastodon:ada@social.example",
        "bluesky:ada.example",
        "facebook:ada.quill",
        "youtube:adaquill",
        "threads:adaquill",
        "tiktok:adaquill",
        "feed:https://ada.example/blog/feed/",
    }


def test_the_roster_reads_the_same_cells(engine: Engine, tmp_path: Path) -> None:
    path = ballot_files.write(
        tmp_path,
        "club.csv",
        f"{ballot_files.CLUB},mastodon_username,blue_sky_url",
        "parl.2031-05-01,parl.quill.2031-05-01,2031-05-01,True,Labour Party,PP53,Quill,False,1,801,Ada Quill,"
        "Ada,Quill,,,,,E14990001,,,https://social.example/@ada,https://bsky.app/profile/ada.example",
    )
    import_roster(engine, path)

    assert accounts(engine) == {"mastodon:ada@social.example": "dc:801", "bluesky:ada.example": "dc:801"}


def test_the_layout_of_2015_is_read_too(engine: Engine, tmp_path: Path) -> None:
    row = "Ada Quill,801,Labour Party,Quill,E14990001,adaquill,,PP53,"
    one = imported(engine, ballot_files.write(tmp_path, "club.csv", ballot_files.CLUB_2015, row))

    assert one.created == 1
    assert accounts(engine) == {"x:adaquill": "dc:801"}


def legislators(folder: Path) -> tuple[Path, Path]:
    current, social = folder / "legislators-current.yaml", folder / "legislators-social-media.yaml"
    current.write_text(CURRENT)
    social.write_text(SOCIAL)
    return current, social


def test_legislators_are_found_by_an_id_that_only_the_other_file_states(
    engine: Engine, tmp_path: Path
) -> None:
    with writing(engine) as session:
        session.add(PersonIdentifier(person_id="dc:801", scheme="wikidata", value="Q999001"))
        session.add(PersonIdentifier(person_id="dc:802", scheme="bioguide", value="L000002"))
    current, social = import_accounts(engine, *legislators(tmp_path))

    assert (current.read, current.created) == (1, 1)
    assert (social.read, social.created, len(social.refused)) == (8, 6, 2)
    assert accounts(engine)["x:SenQuill"] == "dc:801"
    assert accounts(engine)["x:No"] == "dc:802"
    with Session(engine) as session:
        query = select(Account.platform_id).where(Account.platform == "x").order_by(col(Account.id))
        assert session.exec(query).first() == "700000000000000077"


def test_legislators_are_found_by_a_full_name_that_one_person_alone_bears(
    engine: Engine, tmp_path: Path
) -> None:
    with writing(engine) as session:
        session.add(Person(id="p:other", name="Bo Lind"))
        session.flush()
        session.add(PersonName(person_id="dc:801", name="Ada M. Quill"))
    current, social = import_accounts(engine, *legislators(tmp_path))

    assert accounts(engine)["x:SenQuill"] == "dc:801"
    assert (len(current.not_known), len(social.not_known)) == (0, 2)
    assert "Bo Lind L000002 is not known here" in str(social.not_known[0])


def test_a_namesake_with_another_id_is_another_person(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as session:
        session.add(PersonIdentifier(person_id="dc:801", scheme="bioguide", value="Q000009"))
    _, social = import_accounts(engine, *legislators(tmp_path))

    assert "x:SenQuill" not in accounts(engine)
    assert any("Q000001" in line for line in said(social.not_known))


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("name,votes", "row 1: no accounts"),
        ("platform,handle", "missing column person_id"),
        ("person_id,platform,handle,since", "unknown column since"),
        ("twitter_username,name", "missing column id"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_refused(tmp_path: Path, header: str, message: str) -> None:
    path = ballot_files.write(tmp_path, "a.csv", header, ",".join("x" for _ in header.split(",")))

    with pytest.raises(UnreadableSource, match=message):
        read_account_files([path])


def test_one_wrong_file_stops_all_before_anything_is_stored(engine: Engine, tmp_path: Path) -> None:
    good = ballot_files.write(tmp_path, "a.csv", "person_id,platform,handle", "dc:801,x,adaquill")

    with pytest.raises(UnreadableSource, match="cannot read"):
        import_accounts(engine, good, tmp_path / "missing.yaml")
    assert accounts(engine) == {}
