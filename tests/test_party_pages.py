"""Pages of parties, and all candidates by name."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import example_archive as example
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from analysis.outcomes import Window
from analysis.outcomes.ballot import Election
from analysis.outcomes.ballots import find_elections
from analysis.publishing import write_report
from analysis.publishing.candidates_pages import OTHER, letter_of, write_candidates
from analysis.publishing.digests import DIGEST, CandidacyDigest, ContestDigest, Whom, kept
from analysis.publishing.parties import MOST_LISTED, write_parties
from analysis.publishing.party_answers import (
    PartyAnswer,
    PartyLine,
    candidate_lines,
    party_address,
    party_answers,
)
from analysis.reports.addresses import slug
from analysis.reports.manifest import Manifest, manifest_of
from analysis.reports.rows import WhoWhomRow
from db import open_database

NOW = datetime(2023, 8, 1, 9, 30, tzinfo=UTC)
MEGABYTE = 1_000_000
HOSTILE = "<script>alert(1)</script>\u202e" + "Z" + "\u0301" * 400


@dataclass(frozen=True)
class Made:
    """One election's digests, with the folder that holds its contests' pages."""

    election: Election
    folder: Path
    contests: list[ContestDigest]
    addresses: dict[str, str]
    manifest: Manifest

    @property
    def candidacies(self) -> list[CandidacyDigest]:
        return [one for contest in self.contests for one in contest.candidacies]

    def parties(self) -> list[PartyLine]:
        return write_parties(self.folder, self.election, self.contests, self.addresses, self.manifest)

    def candidates(self, names: dict[str, str | None] | None = None) -> list[str]:
        return write_candidates(
            self.folder, self.election, self.contests, self.addresses, self.manifest, names
        )


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("parties")
    engine = open_database(str(folder / "archive.db"), create=True)
    example.fill(engine)
    write_report(engine, folder / "out", generated_at=NOW)
    with Session(engine) as session:
        [election] = find_elections(session, election=example.ELECTION)
    engine.dispose()
    place = folder / "out" / "elections" / slug(example.ELECTION)
    found = {one.name: kept(ContestDigest, one / DIGEST) for one in sorted((place / "contests").iterdir())}
    digests = {name: one for name, one in found.items() if one is not None}
    return Made(
        election=election,
        folder=place,
        contests=list(digests.values()),
        addresses={one.row.contest_id: f"contests/{name}" for name, one in digests.items()},
        manifest=manifest_of(generated_at=NOW, window=Window(), threshold=0, methods=[example.SCORER]),
    )


def many(report: Made, folder: Path, people: Sequence[tuple[str, str | None, str]]) -> Made:
    """An election of six candidates a contest, made of the example's: (name, party id, party)."""
    folder.mkdir(parents=True)
    model = report.contests[0]
    contests = []
    for start in range(0, len(people), 6):
        contest = f"ward.{start // 6}"
        some = tuple(
            _person(model.candidacies[place % 3], contest, f"p{start + place}", *one)
            for place, one in enumerate(people[start : start + 6])
        )
        contests.append(replace(model, row=replace(model.row, contest_id=contest), candidacies=some))
    addresses = {one.row.contest_id: f"contests/{one.row.contest_id}" for one in contests}
    return replace(report, folder=folder, contests=contests, addresses=addresses)


def _person(
    model: CandidacyDigest, contest: str, person: str, name: str, party_id: str | None, party: str
) -> CandidacyDigest:
    row = replace(model.row, contest_id=contest, person_id=person, name=name, party_id=party_id, party=party)
    concession = replace(
        model.concession, person_id=person, party=party, party_name=party if party_id else None
    )
    return replace(model, row=row, concession=concession, address=f"candidates/{person}.html")


def pairs(author: str, scored: int, mean: float, *, ambiguous: bool = False) -> WhoWhomRow:
    return WhoWhomRow(
        election_id=example.ELECTION,
        contest_id=example.HARBOUR,
        author_id=author,
        author=author,
        author_party="Harbour Party",
        target_id="person:lord fenwick",
        target="Lord Fenwick",
        target_type="person",
        ambiguous=ambiguous,
        statements=scored,
        negative=scored,
        neutral=0,
        positive=0,
        mixed=0,
        unclear=0,
        unscored=0,
        scored=scored,
        sum_sentiment=scored * mean,
        mean_sentiment=mean if scored >= 10 else None,
        methods=("scorer-1",),
    )


def _authors(rows: Iterable[WhoWhomRow]) -> set[str]:
    return {row.author_id for row in rows}


def answer_of(report: Made, *rows: WhoWhomRow) -> PartyAnswer:
    """What the Harbour Party's page says where one of its candidates has these pairs."""
    whom = {
        person: tuple(Whom.of(row) for row in rows if row.author_id == person) for person in _authors(rows)
    }
    lines = [
        replace(one, digest=replace(one.digest, whom=whom.get(one.row.person_id, ())))
        for one in candidate_lines(report.contests, report.addresses)
    ]
    return next(one for one in party_answers(lines, None) if one.line.party_id == "x:hp")


def links(page: Path) -> Iterator[Path]:
    """Where the links of a page within the report lead."""
    for address in re.findall(r'href="([^"#:]+)(?:#[^"]*)?"', page.read_text(encoding="utf-8")):
        yield (page.parent / address).resolve()


def test_every_candidate_is_on_the_page_of_one_party(report: Made) -> None:
    lines = report.parties()
    found: Counter[str] = Counter()
    for line in lines:
        page = (report.folder / line.address).read_text(encoding="utf-8")
        found.update(re.findall(r'href="\.\./(contests/[^"]+/candidates/[^"]+)"', page))
    expected = {f"{report.addresses[one.row.contest_id]}/{one.address}": 1 for one in report.candidacies}
    assert found == expected


def test_a_party_has_its_seats_votes_and_share(report: Made) -> None:
    by_name = {line.name: line for line in report.parties()}
    harbour, orchard = by_name["Harbour Party"], by_name["Orchard Alliance"]
    assert (harbour.candidates, harbour.seats, harbour.votes) == (2, 2, 2_400)
    assert (orchard.candidates, orchard.not_on_ballot, orchard.seats, orchard.votes) == (2, 1, 1, 2_000)
    assert harbour.share == pytest.approx(2_400 / 5_350)


def test_parties_come_most_seats_first(report: Made) -> None:
    assert [line.name for line in report.parties()] == ["Harbour Party", "Orchard Alliance", "Independent"]


def test_no_share_is_given_where_the_votes_of_a_candidate_are_not_known(report: Made) -> None:
    lines = list(candidate_lines(report.contests, report.addresses))
    first = lines[0].digest
    lines[0] = replace(lines[0], digest=replace(first, row=replace(first.row, votes=None)))
    found = [one.line for one in party_answers(lines, None)]
    assert {one.share for one in found} == {None}
    assert sum(one.without_votes for one in found) == 1


def test_candidates_without_a_party_are_together_by_how_they_are_described(
    report: Made, tmp_path: Path
) -> None:
    people = [
        ("Ann Moss", None, "Independent"),
        ("Bea Nill", None, "independent "),
        ("Cal Orr", None, "Save the Weir"),
        ("Dov Pym", "independent", "Independent"),
    ]
    lines = many(report, tmp_path / "e", people).parties()
    assert sorted((line.party_id or "", line.candidates + line.not_on_ballot) for line in lines) == [
        ("", 1),
        ("", 2),
        ("independent", 1),
    ]
    assert len({line.address for line in lines}) == 3


def test_a_partys_address_does_not_depend_on_the_other_parties(report: Made) -> None:
    for one in report.candidacies:
        assert party_address(one.row) == party_address(replace(one.row, votes=1, name="Else"))
    assert party_address(report.contests[0].candidacies[0].row) == f"parties/{slug('x:hp')}.html"


def test_a_mean_over_a_party_is_of_all_clear_statements_and_none_under_ten(report: Made) -> None:
    another = next(
        one.row.person_id
        for one in report.candidacies
        if one.row.party_id == "x:hp" and one.row.person_id != "p:maren"
    )
    two = answer_of(report, pairs("p:maren", 6, -0.5), pairs(another, 4, 0.5))
    few = answer_of(report, pairs("p:maren", 6, -0.5), pairs(another, 3, 0.5))
    [target] = two.targets
    assert (target.authors, target.statements, target.scored) == (2, 10, 10)
    assert target.mean == pytest.approx((6 * -0.5 + 4 * 0.5) / 10)
    assert few.targets[0].mean is None


def test_a_name_that_several_candidates_bear_is_counted_for_nobody(report: Made) -> None:
    found = answer_of(report, pairs("p:maren", 6, -0.5, ambiguous=True), pairs("p:maren", 2, 0.1))
    assert [one.statements for one in found.targets] == [2]
    assert found.ambiguous == 6


def test_a_target_says_to_which_party_it_belongs(report: Made) -> None:
    other = replace(pairs("p:maren", 3, -0.5), target_id="p:tobias", target="Tobias Quill")
    own = replace(pairs("p:maren", 2, 0.5), target_id="x:hp", target="Harbour Party")
    found = {one.target: one for one in answer_of(report, other, own).targets}
    assert (found["Tobias Quill"].party, found["Tobias Quill"].is_own) == ("Orchard Alliance", False)
    assert found["Harbour Party"].is_own


def test_the_sums_in_the_file_of_pairs_give_their_means(report: Made) -> None:
    rows = [row for one in report.candidacies for row in one.who_whom]
    assert any(row.scored for row in rows)
    for row in rows:
        assert row.scored <= row.statements
        assert (row.sum_sentiment is None) == (row.scored == 0)


def test_a_partys_data_file_holds_its_candidates(report: Made) -> None:
    for line in report.parties():
        path = (report.folder / line.address).with_suffix(".csv")
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert len(rows) == line.candidates + line.not_on_ballot
        assert {row["party_id"] for row in rows} == {line.party_id or ""}


def test_links_of_parties_and_candidates_lead_to_pages_of_the_report(report: Made) -> None:
    pages = ["parties.html", *(line.address for line in report.parties()), *report.candidates()]
    root = report.folder.parent.parent.resolve()
    written_by_others = {root / "methods.html", root / "dictionary.html"}
    for name in pages:
        missing = {one for one in links(report.folder / name) if not one.is_file()}
        assert missing <= written_by_others, name


def test_pages_of_650_candidates_and_of_4515_stay_under_a_megabyte(report: Made, tmp_path: Path) -> None:
    families = ["Quillam", "Sorrel", "Tamsin", "Ashdown", "Farrow", "Hollis", "Wend"]
    people = [
        (
            f"Person{number} {families[number % 7]}",
            f"x:party-{number % 7}",
            f"Party of {number % 7} and all her Friends",
        )
        for number in range(4_515)
    ]
    made = many(report, tmp_path / "e", people)
    assert [line.coverage.candidates for line in made.parties()] == [645] * 7
    assert len(made.candidates()) == 1 + 7
    sizes = {path: path.stat().st_size for path in made.folder.rglob("*.html")}
    assert len(sizes) == 1 + 7 + 1 + 7
    assert max(sizes.values()) < MEGABYTE


def test_few_candidates_are_on_one_page_by_family_name(report: Made) -> None:
    assert report.candidates() == ["candidates.html"]
    page = (report.folder / "candidates.html").read_text(encoding="utf-8")
    names = re.findall(r'<th scope="row"><a [^>]+><bdi>([^<]+)</bdi>', page)
    assert names == [
        "Pell Adair",
        "Ines Farrow",
        "Maren Hollis",
        "Tobias Quill",
        "Ada Sorrel",
        "Bo Tamsin",
        "Cy Wend",
    ]


def test_a_known_family_name_wins_over_the_last_word(report: Made, tmp_path: Path) -> None:
    people = [("Ana Zed Brook", None, "Independent"), ("Bo Carr", None, "Independent")] * 300
    made = many(report, tmp_path / "e", people)
    assert made.candidates() == ["candidates.html", "candidates/b.html", "candidates/c.html"]
    known: dict[str, str | None] = {f"p{number}": "Zed Brook" for number in range(0, 600, 2)}
    assert made.candidates(known) == ["candidates.html", "candidates/c.html", "candidates/z.html"]


def test_a_letter_of_more_than_a_thousand_has_more_pages(report: Made, tmp_path: Path) -> None:
    people = [(f"Bo Carr{number:05}", "x:big", "Big Party") for number in range(MOST_LISTED + 1)]
    made = many(report, tmp_path / "e", people)
    assert made.candidates() == ["candidates.html", "candidates/c.html", "candidates/c-2.html"]
    [line] = made.parties()
    page = (made.folder / line.address).read_text(encoding="utf-8")
    assert page.count('<th scope="row"><a href="../contests/') == MOST_LISTED
    assert "The first 1,000 of 1,001 candidacies; the data file holds all." in page
    rows = (made.folder / line.address).with_suffix(".csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + MOST_LISTED + 1


@given(st.text(max_size=8))
def test_every_name_has_a_letter_that_can_be_a_files_name(name: str) -> None:
    letter = letter_of(name.casefold())
    assert letter == OTHER or re.fullmatch("[a-z]", letter)


@pytest.mark.parametrize(
    ("name", "letter"), [("Ólafur", "o"), ("O'Neill", "o"), ("żuk", "z"), ("李", OTHER), ("", OTHER)]
)
def test_a_name_goes_by_its_first_letter_without_accents(
    report: Made, tmp_path: Path, name: str, letter: str
) -> None:
    people = [(f"Ann {name}", None, "Independent")] * 501
    assert many(report, tmp_path / "e", people).candidates({f"p{one}": name for one in range(501)})[1] == (
        f"candidates/{letter if name else 'a'}.html"
    )


def test_hostile_names_are_escaped_and_cut(report: Made, tmp_path: Path) -> None:
    made = many(report, tmp_path / "e", [(HOSTILE, "x:h", HOSTILE), ("Bo Carr", "x:o", "W" * 5_000)])
    made.parties()
    made.candidates()
    for path in made.folder.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        assert "<script" not in page
        assert "\u202e" not in page
        assert "\u0301" * 5 not in page
        assert "W" * 200 not in page


def test_an_election_without_candidates_has_pages_that_say_so(report: Made, tmp_path: Path) -> None:
    made = many(report, tmp_path / "e", [])
    assert made.parties() == []
    made.candidates()
    assert "No candidate of this election" in (made.folder / "candidates.html").read_text(encoding="utf-8")
