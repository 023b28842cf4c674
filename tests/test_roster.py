"""Who stands where: storing it from files, and knowing who is who."""

from pathlib import Path
from typing import TypeVar

import ballot_files as files
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, select

from archive.accounts import add_account
from archive.contract import UnreadableSource
from archive.matching import Entry, matched, may_name_one_person
from archive.results import import_results
from archive.roster import RosterTally, import_roster
from db import writing
from db.models import (
    Account,
    AccountHandle,
    Candidacy,
    Contest,
    Election,
    Party,
    PartyAlias,
    Person,
    PersonIdentifier,
    PersonName,
)

Table = TypeVar("Table", bound=SQLModel)


def everything(engine: Engine, table: type[Table]) -> list[Table]:
    with Session(engine) as session:
        return list(session.exec(select(table)))


def roster(engine: Engine, path: Path, **choices: str) -> RosterTally:
    return import_roster(engine, path, **{"election": files.ELECTION, **choices})


def person_of(engine: Engine, name: str) -> Person:
    with Session(engine) as session:
        return session.exec(select(Person).where(Person.name == name)).one()


def identifiers(engine: Engine, person_id: str) -> set[str]:
    with Session(engine) as session:
        query = select(PersonIdentifier).where(PersonIdentifier.person_id == person_id)
        return {f"{one.scheme}:{one.value}" for one in session.exec(query)}


def test_a_roster_stores_who_stands_and_no_votes(engine: Engine, tmp_path: Path) -> None:
    tally = roster(engine, files.candidacies(tmp_path), name="Quillshire votes")

    assert (tally.contests, tally.candidacies, tally.new_persons) == (1, 3, 3)
    assert everything(engine, Election)[0].name == "Quillshire votes"
    assert {one.votes for one in everything(engine, Candidacy)} == {None}
    assert {one.elected for one in everything(engine, Candidacy)} == {None}
    assert {one.id for one in everything(engine, Person)} == {"dc:801", "dc:802", "dc:803"}
    assert identifiers(engine, "dc:801") == {"dc:801", "mnis:9001"}


def test_a_second_import_of_a_roster_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    path = files.plain(tmp_path)
    import_roster(engine, path)
    again = import_roster(engine, path)

    assert (again.new_contests, again.new_candidacies, again.new_persons, again.new_accounts) == (0, 0, 0, 0)
    assert again.changed == 0


def test_a_candidate_who_stood_down_stays_in_the_roster(engine: Engine, tmp_path: Path) -> None:
    import_results(engine, files.plain(tmp_path))

    with Session(engine) as session:
        candidacy = session.exec(select(Candidacy).where(Candidacy.person_id == "roster:p3")).one()
    assert (candidacy.status, candidacy.votes, candidacy.elected) == ("withdrawn", None, None)
    assert (candidacy.party_id, candidacy.ballot_label) == (None, "Independent")


def test_a_partys_names_in_one_file_are_its_name_and_aliases(engine: Engine, tmp_path: Path) -> None:
    other = files.AREA.replace("E14990001", "E14990002").replace("Quill and Harbour", "Brine")
    third = files.AREA.replace("E14990001", "E14990003").replace("Quill and Harbour", "Cliff")
    roster(
        engine,
        files.candidacies(
            tmp_path,
            files.ROWS[0],
            f"{other},Labour and Co-operative,Lab,PP53,15,PP119,Dia,Moor,Female,No,No,,1,1,,804",
            f"{third},Labour,Lab,PP53,15,,Eno,Vale,Male,No,No,,1,1,,805",
        ),
    )

    assert [(one.id, one.name, one.abbreviation) for one in everything(engine, Party)] == [
        ("ec:PP53", "Labour", "Lab")
    ]
    assert {(one.alias, one.kind) for one in everything(engine, PartyAlias)} == {
        ("Lab", "abbreviation"),
        ("Labour and Co-operative", "informal"),
    }
    labels = {one.ballot_label for one in everything(engine, Candidacy)}
    assert labels == {"Labour", "Labour and Co-operative"}


CLUB_ROWS = (
    "Ada Mary Quill,801,Labour Party,Quill & Harbour Borough,E14990001,adaquill,,PP53,",
    "Bo Lindquist,802,Conservative Party,Quill & Harbour Borough,E14990001,bolind,,PP52,",
    "Cem O’Ral,803,Independent,Quill & Harbour Borough,E14990001,,,,",
)
"""The three candidates in another source's spelling, in an area of another name."""


@pytest.mark.parametrize("club_first", [True, False])
def test_two_sources_of_one_contest_give_no_candidate_twice(
    engine: Engine, tmp_path: Path, club_first: bool
) -> None:
    club = files.write(tmp_path, "club.csv", files.CLUB_2015, *CLUB_ROWS)
    commons = files.write(tmp_path, "commons.csv", *files.headless(files.ROWS))
    for path in (club, commons) if club_first else (commons, club):
        tally = roster(engine, path)

    assert tally.unmatched == ()
    assert len(everything(engine, Contest)) == 1
    assert len(everything(engine, Candidacy)) == len(everything(engine, Person)) == 3
    known = {
        str(identifier) for one in everything(engine, Person) for identifier in identifiers(engine, one.id)
    }
    assert known == {"dc:801", "dc:802", "dc:803", "mnis:9001"}
    assert {one.person_id for one in everything(engine, Account)} <= {
        one.id for one in everything(engine, Person)
    }


def test_a_person_known_by_name_only_gets_the_better_id_and_keeps_everything(
    engine: Engine, tmp_path: Path
) -> None:
    roster(engine, files.write(tmp_path, "commons.csv", *files.headless(files.ROWS)))
    placeholder = person_of(engine, "Bo Lindqvist").id
    assert placeholder == "name:parl.quill-and-harbour.2031-05-01/bo-lindqvist"
    with writing(engine) as session:
        add_account(session, placeholder, "x", "BoLind")
    roster(engine, files.write(tmp_path, "club.csv", files.CLUB_2015, *CLUB_ROWS))

    person = person_of(engine, "Bo Lindqvist")
    assert person.id == "dc:802"
    assert {one.person_id for one in everything(engine, Account) if one.person_id} == {
        "mnis:9001",
        "dc:802",
    }
    assert {one.name for one in everything(engine, PersonName)} >= {"Bo Lindquist", "Ada Mary Quill"}
    assert len(everything(engine, AccountHandle)) == 2


def test_ids_of_two_schemes_in_one_row_make_two_persons_one(engine: Engine, tmp_path: Path) -> None:
    early = files.write(tmp_path, "early.csv", files.headless(files.ROWS)[0])
    import_roster(engine, early, election="parl.2027-05-06")
    club = files.write(tmp_path, "club.csv", files.CLUB_2015, CLUB_ROWS[0])
    import_roster(engine, club, election="parl.2029-05-03")
    assert {one.id for one in everything(engine, Person)} == {"mnis:9001", "dc:801"}

    roster(engine, files.candidacies(tmp_path))

    assert {one.person_id for one in everything(engine, Candidacy)} == {"dc:801", "dc:802", "dc:803"}
    assert identifiers(engine, "dc:801") == {"dc:801", "mnis:9001"}


def test_an_id_of_a_person_with_another_name_is_an_error_naming_both(engine: Engine, tmp_path: Path) -> None:
    import_roster(engine, files.plain(tmp_path))
    later = files.MAYORS[0].replace("xx.mayor,", "xx.council,").replace("Ada Quill", "Dmitri Vale")

    with pytest.raises(UnreadableSource, match=r"row 2, column person_name: Dmitri Vale .* Ada Quill"):
        import_roster(engine, files.plain(tmp_path, later))


def test_a_wrong_id_in_a_source_that_repeats_others_ids_is_left_out_and_noted(
    engine: Engine, tmp_path: Path
) -> None:
    roster(engine, files.candidacies(tmp_path))
    wrong = files.ROWS[1].replace(",Bo,Lindqvist,Male,No,No,,", ",Bo,Lindqvist,Male,No,No,9001,")
    tally = roster(engine, files.candidacies(tmp_path, wrong))

    assert "Bo Lindqvist has the id mnis:9001, which belongs to Ada Quill" in tally.notes[0]
    assert identifiers(engine, "dc:802") == {"dc:802"}


def test_a_complete_list_leaves_no_place_for_others_but_those_who_stood_down(
    engine: Engine, tmp_path: Path
) -> None:
    roster(engine, files.candidacies(tmp_path))
    contest = "parl.2031-05-01,,2031-05-01,Europe/London,parl.quill-and-harbour.2031-05-01,Quill and Harbour"
    standing = f"{contest},Gus Weir,,Reef Party,,x,gusweir,,,,,,"
    withdrawn = f"{contest},Hal Xu,,Reef Party,withdrawn,x,halxu,,,,,,"
    tally = import_roster(engine, files.plain(tmp_path, standing, withdrawn))

    assert "Gus Weir is not in the complete list" in tally.unmatched[0]
    assert tally.new_candidacies == 1
    assert {one.status for one in everything(engine, Candidacy)} == {"standing", "withdrawn"}


def test_a_handle_claimed_by_several_candidates_is_nobodys(engine: Engine, tmp_path: Path) -> None:
    rows = [row.replace(",bolind,", ",AdaQuill,") for row in CLUB_ROWS]
    tally = roster(engine, files.write(tmp_path, "club.csv", files.CLUB_2015, *rows))

    assert [one.person_id for one in everything(engine, Account)] == [None]
    assert "claimed by 2 persons" in tally.notes[0]


def test_a_contest_is_not_moved_to_another_election(engine: Engine, tmp_path: Path) -> None:
    import_roster(engine, files.plain(tmp_path))
    rows = [row.replace("xx.mayor.2031-05-04", "yy.mayor.2031-05-04") for row in files.MAYORS]

    with pytest.raises(UnreadableSource, match=r"row 2, column contest_id: xx\.mayor belongs to"):
        import_roster(engine, files.plain(tmp_path, *rows))


def test_an_election_without_a_time_zone_is_refused(engine: Engine, tmp_path: Path) -> None:
    row = f"{files.MAYOR},Ada Quill,p1,Harbour Party,,,,,,,,,".replace("Europe/Lisbon", "")

    with pytest.raises(UnreadableSource, match="has no time zone"):
        import_roster(engine, files.plain(tmp_path, row))
    assert everything(engine, Election) == []


def entry(name: str, party: str | None = None, *persons: str) -> Entry:
    return Entry((name,), party, None, frozenset(persons))


MATCHES: dict[str, tuple[list[Entry], list[Entry], int, dict[int, int]]] = {
    "full name": ([entry("Ada Quill")], [entry("Bo Quill"), entry("ADA QUILL")], 1, {0: 1}),
    "middle name": ([entry("Ada Mary Quill", "a")], [entry("Ada Quill", "b")], 1, {0: 0}),
    "family name and party": ([entry("Liz Quill", "a")], [entry("Elizabeth Quill", "a")], 1, {0: 0}),
    "alike and party": ([entry("Ada Quil", "a")], [entry("Ada Quill", "a")], 1, {0: 0}),
    "party alone is not enough": ([entry("Bo Lind", "a")], [entry("Ada Quill", "a")], 1, {}),
    "two of a party in a ward": ([entry("Liz Quill", "a")], [entry("Ada Quill", "a")], 3, {}),
    "namesakes by party": (
        [entry("Ada Quill", "a"), entry("Ada Quill", "b")],
        [entry("Ada Quill", "b"), entry("Ada Quill", "a")],
        1,
        {0: 1, 1: 0},
    ),
    "namesakes whom nothing tells apart": (
        [entry("Ada Quill")],
        [entry("Ada Quill"), entry("Ada Quill")],
        1,
        {},
    ),
    "known person": ([entry("Ada Quill", "a", "p1")], [entry("Ada Brown", "b", "p1")], 1, {0: 0}),
}


@pytest.mark.parametrize("name", MATCHES)
def test_candidates_are_matched_by_the_surest_sign_that_only_one_has(name: str) -> None:
    told, known, seats, expected = MATCHES[name]

    assert matched(told, known, seats=seats) == expected


def test_names_that_share_no_word_are_wholly_different() -> None:
    assert may_name_one_person(["Boris Example"], ["Alexander Example"])
    assert may_name_one_person(["Arn Cravan"], ["Arnie Craven"])
    assert not may_name_one_person(["Ada Quill"], ["Dmitri Vale"])
