"""An invented election of any size as our own CSV: contests, candidates with accounts, votes, one night."""

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

ELECTION: Final = "xx.assembly.2024-07-04"
POLLING_DATE: Final = "2024-07-04"
POLLS_CLOSE: Final = datetime(2024, 7, 4, 22, 0)  # noqa: DTZ001 - local time, as the file has it
FIRST_COUNT_MINUTES: Final = 65
LAST_COUNT_MINUTES: Final = 12 * 60
MOST_COUNT_MINUTES: Final = 5 * 60
"""From the close of the polls to the first, the last and most declarations."""

PARTIES: Final = (
    ("Orchard Alliance", "OA", 34),
    ("Harbour Party", "HP", 27),
    ("Lantern Movement", "LM", 15),
    ("Meadow Greens", "MG", 9),
    ("Civic Bridge", "CB", 8),
    ("Northern Voice", "NV", 5),
    ("Commons First", "CF", 3),
    ("Independent", "", 2),
)
"""Name, abbreviation and strength; from the ninth candidate of a contest on they begin anew."""

GIVEN: Final = (
    *("Maren", "Tobias", "Ines", "Cyril", "Ada", "Bram", "Celia", "Dorian", "Edda", "Florian", "Greta"),
    *("Hamza", "Imani", "Jonas", "Kezia", "Lorcan", "Mirela", "Nadir", "Oriel", "Petra", "Quentin"),
    *("Rosalind", "Samir", "Tamsin", "Ulric", "Vesna", "Wilfred", "Xanthe", "Yusuf", "Zelda"),
)
FAMILY: Final = (
    (
        "Ash",
        "Birch",
        "Cold",
        "Dun",
        "Elder",
        "Fen",
        "Gold",
        "Hazel",
        "Iron",
        "Juniper",
        "Kes",
        "Lin",
        "Marsh",
    ),
    ("bourne", "combe", "dale", "field", "gate", "hurst", "ley", "mere", "ridge", "shaw", "wick", "worth"),
)
PLACES: Final = (
    ("Alder", "Brook", "Clay", "Dove", "East", "Fern", "Glen", "Heather", "Isle", "Kings", "Long", "Moor"),
    ("bridge", "bury", "cliffe", "ford", "ham", "haven", "mouth", "port", "stead", "thorpe", "ton", "well"),
)
STRIDE: Final = 2003
"""A prime: from one candidate's name to the next one's, among all names."""

SIDES: Final = ("", " North", " South", " East", " West", " and the Vale")
REGIONS: Final = ("Upper Coast", "Lower Coast", "Midlands", "Fells", "Islands", "Capital")

COLUMNS: Final = (
    *("election_id", "election_name", "polling_date", "polls_close_local", "time_zone", "country"),
    *("contest_id", "contest_name", "region", "seats", "electorate", "valid_votes", "invalid_votes"),
    *("majority", "declared_at_local", "declared_source", "person_id", "person_name", "party_name"),
    *("party_abbreviation", "votes", "elected", "incumbent", "account_platform", "account_handle"),
)


def write_ballot(path: Path, *, contests: int, candidates: int, seed: int) -> None:
    """Write an election with so many contests and candidates: the same for the same arguments.

    Raises ValueError for fewer than two candidates a contest, or more contests than there are names.
    """
    if contests < 1 or candidates < 2 * contests:
        raise ValueError(f"{candidates} candidates in {contests} contests: each needs two or more")
    if contests > len(names := list(_places())):
        raise ValueError(f"{contests} contests: there are names for {len(names)}")
    chance = Random(seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        for number, name in enumerate(names[:contests]):
            first, last = (at * candidates // contests for at in (number, number + 1))
            table.writerows(_contest(number, name, range(first, last), chance))


def _places() -> Iterator[str]:
    stems, ends = PLACES
    for side in SIDES:
        yield from (f"{stem}{end}{side}" for stem in stems for end in ends)


def _contest(number: int, name: str, persons: Sequence[int], chance: Random) -> Iterator[dict[str, str]]:
    """Rows of one contest, all of whose totals add up."""
    votes = _votes(len(persons), chance)
    ranked = sorted(votes, reverse=True)
    minutes = chance.triangular(FIRST_COUNT_MINUTES, LAST_COUNT_MINUTES, MOST_COUNT_MINUTES)
    contest = {
        "election_id": ELECTION,
        "election_name": "Invented assembly election 2024",
        "polling_date": POLLING_DATE,
        "polls_close_local": f"{POLLS_CLOSE:%Y-%m-%d %H:%M}",
        "time_zone": "Europe/London",
        "country": "Invented",
        "contest_id": f"xx.assembly.{number + 1:04}.{POLLING_DATE}",
        "contest_name": name,
        "region": REGIONS[number % len(REGIONS)],
        "seats": "1",
        "electorate": str(int(sum(votes) / chance.uniform(0.5, 0.75))),
        "valid_votes": str(sum(votes)),
        "invalid_votes": str(chance.randrange(50, 300)),
        "majority": str(ranked[0] - ranked[1]),
        "declared_at_local": f"{POLLS_CLOSE + timedelta(minutes=int(minutes)):%Y-%m-%d %H:%M}",
        "declared_source": "invented",
    }
    incumbent = chance.randrange(len(persons))
    for place, (person, own) in enumerate(zip(persons, votes, strict=True)):
        party, short, _ = PARTIES[place % len(PARTIES)]
        yield contest | {
            "person_id": f"made:{person + 1}",
            "person_name": _name(person),
            "party_name": party,
            "party_abbreviation": short,
            "votes": str(own),
            "elected": "yes" if own == ranked[0] else "no",
            "incumbent": "yes" if place == incumbent else "no",
            "account_platform": "bluesky" if person % 5 == 0 else "x",
            "account_handle": _handle(person),
        }


def _votes(count: int, chance: Random) -> list[int]:
    """Votes of the candidates of a contest, no two the same."""
    found: list[int] = []
    for place in range(count):
        own = int(PARTIES[place % len(PARTIES)][2] * chance.lognormvariate(0, 0.5) * 400) + 20
        while own in found:
            own += 1
        found.append(own)
    return found


def _name(person: int) -> str:
    """Everybody's own name: with a second given name once the plain ones are used up.

    Neighbours have other surnames, so that a surname means one candidate of a contest.
    """
    stems, ends = FAMILY
    plain = len(GIVEN) * len(stems) * len(ends)
    block, place = divmod(person, plain)
    rest, given = divmod(block * plain + place * STRIDE % plain, len(GIVEN))
    rest, end = divmod(rest, len(ends))
    again, stem = divmod(rest, len(stems))
    second = f" {GIVEN[(given + again) % len(GIVEN)]}" if again else ""
    return f"{GIVEN[given]}{second} {stems[stem]}{ends[end]}"


def _handle(person: int) -> str:
    plain = _name(person).replace(" ", "")[:10].lower() + str(person + 1)
    return f"{plain}.example.org" if person % 5 == 0 else plain
