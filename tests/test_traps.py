"""Traps for links: whoever is linked is linked rightly, and nobody is linked who is not meant.

Each trap is a text by an author of one contest, and what its mentions must be linked to: a person's id,
None (a candidate is meant, but it must stay open which) or "" (no candidate is meant). The roster is
invented; party names and office holders are public facts.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest

from analysis.contract import (
    Basis,
    Candidate,
    Contest,
    Handle,
    Party,
    PartyAlias,
    Roster,
    StatementText,
    Target,
    TargetType,
)
from analysis.targets import TargetFinder
from analysis.text import normalise

DAY = date(2024, 7, 4)
CONTESTS = {
    "hallam": "Hallam Vale",
    "merebridge": "Merebridge and Stowe",
    "sarn": "Isle of Sarn",
    "holme": "Holme Moor",
}
PEOPLE = """
id,contest,name,family,party,status
smith-j,hallam,Joan Smith,Smith,Labour,
smith-p,hallam,Peter Smith,Smith,Conservative,
khan,hallam,Nadia Khan,Khan,Green,
ali,hallam,Rehana Ali,Ali,Liberal Democrat,
johnson,hallam,Bernard Johnson,Johnson,Reform UK,
hussain,hallam,Tariq Hussain,Hussain,,
gone,hallam,Wendy Quillam,Quillam,,withdrawn
long-b,hallam,Martha Long-Barrow,Long-Barrow,,
moor,hallam,Hugh Dunstan Moor,Dunstan Moor,,
sian,hallam,Siân Prydderch,Prydderch,,
nunez,hallam,José Núñez,Núñez,,
omara,hallam,Conor O'Mara,O'Mara,,
mcallen,hallam,Ewan McAllen,McAllen,,
hargreave,hallam,"James ""Jim"" Hargreave",Hargreave,,
on,merebridge,Dora On,On,,
love,merebridge,Celia Love,Love,,
may,merebridge,Vera May,May,,
day,merebridge,Nora Day,Day,,
law,merebridge,Eric Law,Law,,
just,merebridge,Una Just,Just,,
still,merebridge,Colin Still,Still,,
black,merebridge,Oscar Black,Black,,
care,merebridge,Ida Care,Care,,
race,merebridge,Walter Race,Race,,
green,merebridge,Gina Green,Green,Labour,
white,merebridge,Olive White,White,,
hope,merebridge,Iris Hope,Hope,,
will,merebridge,Tom Will,Will,,
long,merebridge,Fay Long,Long,,
best,merebridge,Ned Best,Best,,
price,merebridge,Ada Price,Price,,
church,merebridge,Basil Church,Church,,
field,merebridge,Roy Field,Field,,
king,merebridge,Lena King,King,,
mills,merebridge,Ada Mills,Mills,,
fisher,merebridge,Otto Fisher,Fisher,,
parsons,merebridge,Zara Parsons,Parsons,,
plain,merebridge,Stan Wexcombe,Wexcombe,Conservative,
evans-s,sarn,David Evans,Evans,Labour,
oakley,sarn,Ruth Oakley,Oakley,Conservative,
evans-h,holme,David Evans,Evans,Green,
starmer,holme,Keir Starmer,Starmer,Labour,
sunak,holme,Rishi Sunak,Sunak,Conservative,
davies,holme,Mabel Treharne,Treharne,,
abroad,holme,Will Cresswick,Cresswick,,
"""
HANDLES = {
    "oakley": (Handle("x", "sarn_mp", valid_from=date(2023, 5, 2)),),
    "evans-s": (
        Handle("x", "sarn_mp", valid_to=date(2023, 5, 1)),
        Handle("x", "evans4sarn", valid_from=date(2023, 5, 2)),
    ),
}
PARTIES = (
    Party("lab", "Labour Party", (PartyAlias("Labour"),)),
    Party("con", "Conservative and Unionist Party", (PartyAlias("Conservative"),)),
    Party("green", "Green Party", (PartyAlias("Green"),)),
    Party("reform", "Reform UK", (PartyAlias("Reform"),)),
    Party("libdem", "Liberal Democrats", (PartyAlias("Liberal Democrat"),)),
)


def candidates() -> list[Candidate]:
    return [
        Candidate(
            person_id=f"k-{row['id']}",
            public_id=row["id"],
            name=row["name"],
            family_name=row["family"],
            contest_id=row["contest"],
            election_id="uk-2024",
            polling_date=DAY,
            party_name=row["party"] or "Independent",
            status=row["status"] or "standing",
            handles=HANDLES.get(row["id"], ()),
        )
        for row in csv.DictReader(PEOPLE.strip().splitlines())
    ]


FINDER = TargetFinder(
    Roster(
        contests=tuple(Contest(key, name, "uk-2024", DAY) for key, name in CONTESTS.items()),
        candidates=tuple(candidates()),
        parties=PARTIES,
    )
)


@dataclass(frozen=True)
class Trap:
    text: str
    want: Mapping[str, str | None] = field(default_factory=dict)
    by: str = "hussain"
    """Id of the author; empty: nothing is known of the author."""
    on: str = "2024-06-20T12:00"


def found_by(trap: Trap) -> tuple[Target, ...]:
    statement = StatementText(
        id="trap",
        text=trap.text,
        person_id=f"k-{trap.by}" if trap.by else None,
        election="uk-2024",
        posted_at=datetime.fromisoformat(trap.on).replace(tzinfo=UTC),
    )
    return FINDER.find(statement, normalise(trap.text)).targets


def overlap(target: Target, mention: str, text: str) -> bool:
    """Whether a third of what both cover is covered by both, at one place of the mention."""
    if target.start is None or target.end is None:
        return False
    at = text.find(mention)
    while at >= 0:
        both = min(target.end, at + len(mention)) - max(target.start, at)
        either = max(target.end, at + len(mention)) - min(target.start, at)
        if both * 3 >= either:
            return True
        at = text.find(mention, at + 1)
    return False


IN_CONTEST = [
    Trap("Joan Smith and Peter Smith both dodged it.", {"Joan Smith": "smith-j", "Peter Smith": "smith-p"}),
    Trap("Smith dodged the question.", {"Smith": None}),
    Trap("Mr Smith, again.", {"Smith": None}),
    Trap("Joan Smith spoke first. Smith then left.", {"Joan Smith": "smith-j", "Smith": "smith-j"}),
    Trap("Khan’s record, Khan's promises.", {"Khan": "khan"}),
    Trap("KHAN MUST GO", {"KHAN": "khan"}),
    Trap("TIME FOR KHAN TO GO", {"KHAN": "khan"}),
    Trap("Nadia Khan has been no help.", {"Nadia Khan": "khan"}, by=""),
    Trap("I beat Khan, Ali and Quillam.", {"Khan": "khan", "Ali": "ali", "Quillam": "gone"}),
    Trap("Did Khan & Ali even read it?", {"Khan": "khan", "Ali": "ali"}),
    Trap("Will Khan answer us?", {"Khan": "khan"}),
    Trap("Ms Khan (Green) and Dr Ali were there.", {"Khan": "khan", "Ali": "ali"}),
    Trap("Long-Barrow refused.", {"Long-Barrow": "long-b"}),
    Trap("Martha Long Barrow refused.", {"Martha Long Barrow": "long-b"}),
    Trap("Barrow refused. Long refused.", {"Barrow": "", "Long": ""}),
    Trap("Dunstan Moor lied; Hugh Dunstan Moor lied.", {"Dunstan Moor": "moor", "Hugh Dunstan Moor": "moor"}),
    Trap("the moor above Hallam, Moor Lane", {"moor": "", "Moor": ""}),
    Trap("Sian Prydderch and Siân Prydderch", {"Sian Prydderch": "sian", "Siân Prydderch": "sian"}),
    Trap("Jose Nunez wrote to Núñez voters", {"Jose Nunez": "nunez", "Núñez": "nunez"}),
    Trap("Conor O’Mara, Conor O'Mara, Conor OMara", {"Conor O’Mara": "omara", "Conor OMara": "omara"}),
    Trap("Jim Hargreave and James Hargreave", {"Jim Hargreave": "hargreave", "James Hargreave": "hargreave"}),
    Trap("Shame. #NadiaKhan must answer", {"#NadiaKhan": "khan"}),
    Trap("#nadiakhan #VoteNadiaKhan", {"#nadiakhan": "khan", "#VoteNadiaKhan": "khan"}),
    Trap("Say no. #KhanOut", {"#KhanOut": "khan"}),
    Trap("#EwanMcAllen", {"#EwanMcAllen": "mcallen"}),
    Trap('"Khan wins hustings", says the paper', {"Khan": "khan"}),
    Trap("Nadia\nKhan is standing.", {"Khan": "khan"}),
    Trap("Tariq Hussain here. Vote for Hussain!", {"Tariq Hussain": "", "Hussain": ""}),
]

STRANGERS = [
    Trap("Boris Johnson broke his word.", {"Boris Johnson": "", "Johnson": ""}),
    Trap("Johnson broke his word.", {"Johnson": None}),
    Trap("Bernard Johnson broke his word.", {"Bernard Johnson": "johnson"}),
    Trap("Alan Johnson and Johnson & Johnson", {"Alan Johnson": "", "Johnson & Johnson": ""}),
    Trap("Sadiq Khan and the Khan Academy", {"Sadiq Khan": "", "Khan Academy": "", "Khan": ""}),
    Trap("Lord Khan, Baroness Ali, Judge Hussain", {"Khan": "", "Ali": "", "Hussain": ""}),
    Trap("JUDGE KHAN DECIDED", {"KHAN": ""}),
    Trap("Detective Inspector Khan, King Ali, President Khan", {"Khan": "", "Ali": ""}),
    Trap("Dr Farah Khan saw me. Dr Khan was kind.", {"Farah Khan": "", "Khan": None}),
    Trap("Adam Smith Institute, Smith Street", {"Adam Smith": "", "Smith": ""}),
    Trap("Will Smith slapped somebody.", {"Will Smith": "", "Smith": ""}),
    Trap("Mark Khan runs a shop. Grant Ali too.", {"Khan": "", "Ali": ""}),
    Trap("Ali's cafe and Khan’s barbers are closing.", {"Ali": "", "Khan": ""}),
    Trap("Ali & Sons, Khan Primary School, Quillam Road", {"Ali": "", "Khan": "", "Quillam": ""}),
    Trap("Muhammad\nAli was the greatest.", {"Ali": ""}),
    Trap("J. Smith, R. Ali, Khan-Lodhi, Al-Khan", {"Smith": "", "Ali": "", "Khan": ""}),
    Trap("Somalia, alimony, khanates, AlisonKhan", {"ali": "", "khan": "", "Khan": ""}),
    Trap("See www.example.org/Khan or Khan.org.uk", {"Khan": ""}),
    Trap("nadia.khan@example.org, Nadia.Khan@example.org", {"nadia.khan": "", "Nadia.Khan": ""}),
    Trap("https://example.org/Nadia-Khan now", {"Nadia-Khan": ""}),
    Trap("mail@Khan, a@Ali", {"Khan": "", "Ali": ""}),
    Trap("#NadiaKhanovich #AliBaba", {"#NadiaKhanovich": "", "#AliBaba": ""}),
    Trap("Downing Street, Clacton Road, Treharne House", {"Downing Street": "", "Treharne": ""}),
    Trap("Mabel Treharne is kind. Treharne won.", {"Mabel Treharne": "davies", "Treharne": "davies"}),
    Trap("Treharne won.", {"Treharne": None}),
    Trap("David Evans won.", {"David Evans": None}),
    Trap("David Evans won.", {"David Evans": "evans-s"}, by="oakley"),
    Trap("Evans lost.", {"Evans": None}),
    Trap("thank you Ali", {"Ali": ""}),
    Trap("Joe Wexcombe spoke. Stan Wexcombe left.", {"Joe Wexcombe": "", "Stan Wexcombe": "plain"}),
]

EVERYDAY = [
    Trap(text, want, by="plain")
    for text, want in [
        ("May the best side win in May. May day.", {"May": "", "best": "", "day": ""}),
        ("Vera May promised. Ms May lied.", {"Vera May": "may", "May": "may"}),
        ("Theresa May and Mayor Law", {"May": ""}),
        ("Love wins. Love is love. LOVE WINS.", {"Love": "", "LOVE": "", "love": ""}),
        ("Law and order. The Law. Law says no", {"Law": ""}),
        ("Just voted! Still time. Still refuses.", {"Just": "", "Still": ""}),
        ("Care workers. Social Care. Care is broken.", {"Care": ""}),
        ("On Thursday we vote. Carry On.", {"On": ""}),
        ("VOTE FOR HOPE. VOTE FOR LOVE", {"HOPE": "", "LOVE": ""}),
        ("A vote for Hope over fear", {"Hope": ""}),
        ("Black lives matter. Black voters", {"Black": ""}),
        ("White House. White paper. white lies", {"White": "", "white": ""}),
        ("Race for Life. The Race is on", {"Race": ""}),
        ("Green energy. The Green Deal. Green jobs", {"Green": ""}),
        ("Will you vote? I Will.", {"Will": ""}),
        ("Long live the King. King Charles", {"Long": "", "King": ""}),
        ("Best wishes to all. Best day ever", {"Best": ""}),
        ("The Price of food. Price Waterhouse", {"Price": ""}),
        ("Church of England. A Church fete", {"Church": ""}),
        ("Field of dreams. Playing Field plans", {"Field": ""}),
        ("#Hope #love #MayDay #LawAndOrder", {"#Hope": "", "#love": "", "#MayDay": "", "#LawAndOrder": ""}),
        ("#boon #carefor", {"#boon": "", "#carefor": ""}),
        ("#IrisHope and #OscarBlack", {"#IrisHope": "hope", "#OscarBlack": "black"}),
        ("Mrs Hope, Mr Black and Dr White", {"Hope": "hope", "Black": "black", "White": "white"}),
        ("Iris Hope said so. Walter Race agreed.", {"Iris Hope": "hope", "Walter Race": "race"}),
        ("White voted against it. Black said nothing.", {"White": "white", "Black": "black"}),
        ("I asked Price about it and Field replied.", {"Price": "price", "Field": "field"}),
        ("Good Mills! Mills matter. THE OLD MILLS MUST STAY", {"Mills": "", "MILLS": ""}),
        ("Fisher folk need quotas. Our Fisher Plan. It's Fisher time!", {"Fisher": ""}),
        ("Parsons and doctors agree. #Parsons #mills", {"Parsons": "", "#Parsons": "", "#mills": ""}),
        ("Ms Mills and Otto Fisher", {"Mills": "mills", "Otto Fisher": "fisher"}),
        ("I don't trust Mills. Parsons said so.", {"Mills": "mills", "Parsons": "parsons"}),
        ("ida care for the old, nora day by day", {"care": "", "day": ""}),
    ]
]  # fmt: skip

OFFICES = [
    Trap(f"The {office} must answer.", {office: person}, on=on)
    for office, on, person in [
        ("Prime Minister", "2024-07-04T21:00", "sunak"),
        ("Prime Minister", "2024-07-05T13:00", "starmer"),
        ("PM", "2024-07-04T00:00", "sunak"),
        ("Prime Minister", "2022-09-05T12:00", ""),  # Boris Johnson, who is in no contest here
        ("Prime Minister", "2022-09-06T12:00", ""),  # Liz Truss
        ("Prime Minister", "2022-10-24T12:00", ""),
        ("Prime Minister", "2022-10-25T12:00", "sunak"),
        ("Labour leader", "2020-04-03T12:00", ""),
        ("Labour leader", "2020-04-04T12:00", "starmer"),
        ("Conservative leader", "2024-11-01T12:00", "sunak"),
        ("Conservative leader", "2024-11-02T12:00", ""),
        ("former Prime Minister", "2024-06-20T12:00", ""),
    ]
] + [
    Trap("Starmer and Sunak, Sir Keir Starmer and Mr Sunak", {"Starmer": "starmer", "Sunak": "sunak"}),
    Trap("Anne Starmer is a nurse.", {"Starmer": ""}),
]


def test_every_link_in_the_contest_is_right() -> None:
    assert wrong(IN_CONTEST) == []


def test_no_stranger_is_linked() -> None:
    assert wrong(STRANGERS) == []


def test_no_everyday_word_is_linked() -> None:
    assert wrong(EVERYDAY) == []


def test_an_office_is_linked_to_who_held_it_that_day() -> None:
    assert wrong(OFFICES) == []


def wrong(traps: list[Trap]) -> list[tuple[str, str, set[str], str | None]]:
    """Each mention that is not linked as it must be, with what it was linked to."""
    seen = []
    for trap in traps:
        targets = found_by(trap)
        for mention, want in trap.want.items():
            assert mention in trap.text
            linked = {t.public_id for t in targets if t.public_id and overlap(t, mention, trap.text)}
            if linked != ({want} if want else set()):
                seen.append((trap.text, mention, linked, want))
    return seen


def test_a_mention_that_must_stay_open_keeps_all_its_candidates() -> None:
    (smith,) = found_by(Trap("Smith dodged the question."))
    assert (smith.basis, set(smith.candidates)) == (Basis.AMBIGUOUS, {"smith-j", "smith-p"})
    (evans,) = found_by(Trap("David Evans won."))
    assert (evans.basis, set(evans.candidates)) == (Basis.AMBIGUOUS, {"evans-s", "evans-h"})


def test_every_link_says_its_basis_and_its_confidence() -> None:
    traps = [*IN_CONTEST, *STRANGERS, *EVERYDAY, *OFFICES]
    targets = [target for trap in traps for target in found_by(trap)]
    assert all(0 < target.confidence < 1 for target in targets)
    assert {t.basis for t in targets if t.public_id} == {Basis.FULL_NAME, Basis.SURNAME, Basis.OFFICE}
    assert all(
        t.candidates for t in targets if t.basis is Basis.AMBIGUOUS and t.mention in {"Smith", "Evans"}
    )


# ---- handles ----


def handle_owner(handle: str, on: str, *, reply: bool = False) -> str | None:
    statement = StatementText(
        id="h",
        text="Nonsense." if reply else f"Nonsense {handle}!",
        person_id="k-khan",
        platform="x",
        posted_at=datetime.fromisoformat(on).replace(tzinfo=UTC),
        reply_to=handle if reply else None,
    )
    (target,) = FINDER.find(statement, normalise(statement.text)).targets
    return target.public_id


@pytest.mark.parametrize("reply", [False, True])
def test_a_handle_that_another_person_took_over_is_whose_it_was_that_day(reply: bool) -> None:
    assert handle_owner("@sarn_mp", "2023-05-01T12:00", reply=reply) == "evans-s"
    assert handle_owner("@sarn_mp", "2023-05-02T12:00", reply=reply) == "oakley"
    assert handle_owner("@evans4sarn", "2023-05-01T12:00", reply=reply) is None
    assert handle_owner("@evans4sarn", "2024-01-01T12:00", reply=reply) == "evans-s"


def test_a_handle_inside_a_word_is_none() -> None:
    assert FINDER.find(StatementText(id="h", text="x"), normalise("mail a@sarn_mp now")).targets == ()


# ---- where the author or the contest is known otherwise, or not ----


def linked(text: str, **known: str) -> dict[str, str]:
    statement = StatementText(id="s", text=text, polls=DAY, **known)  # type: ignore[arg-type]
    targets = FINDER.find(statement, normalise(text)).targets
    return {t.mention: t.public_id for t in targets if t.public_id}


@pytest.mark.parametrize(
    "known",
    [
        {"contest": "hallam"},
        {"contest": "Hallam Vale"},
        {"contest": "hallam vale", "election": "uk-2024"},
        {"contest": "Hallam Vale", "author": "Somebody Unknown"},
        {"contest": "hallam", "author": "@nobody_known"},
        {
            "contest": "hallam",
            "author": "Ruth Oakley",
        },  # from another contest: what is said of the text counts
        {"author": "Tariq Hussain"},
        {"author": "Tariq Hussain", "contest": "somewhere else"},
    ],
)
def test_the_contest_is_understood_by_id_by_name_and_by_its_author(known: dict[str, str]) -> None:
    assert linked("Khan was wrong.", **known) == {"Khan": "khan"}


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"election": "uk-2024"},
        {"contest": "nowhere"},
        {"author": "Nobody Known"},
        {"author": "David Evans"},
    ],
)
def test_without_a_contest_a_surname_stays_open_and_a_unique_full_name_does_not(
    known: dict[str, str],
) -> None:
    assert linked("Khan was wrong. David Evans too.", **known) == {}
    assert linked("Nadia Khan was wrong.", **known) == {"Nadia Khan": "khan"}


def test_an_ampersand_in_a_contest_is_an_and() -> None:
    assert linked("Wexcombe was wrong.", contest="Merebridge & Stowe") == {"Wexcombe": "plain"}


def test_a_handle_as_author_tells_the_contest() -> None:
    assert linked("David Evans was wrong.", author="@sarn_mp") == {"David Evans": "evans-s"}


# ---- "you", "my opponent", "we" ----


def test_my_opponent_in_a_contest_of_two_is_the_other_one() -> None:
    (opponent,) = found_by(Trap("I thank my opponent.", by="oakley"))
    assert (opponent.public_id, opponent.basis) == ("evans-s", Basis.OPPONENT)


def test_you_in_a_reply_is_who_is_replied_to_and_not_the_voters() -> None:
    statement = StatementText(
        id="y",
        text="You lost.",
        person_id="k-khan",
        platform="x",
        posted_at=datetime(2024, 7, 5, 9, tzinfo=UTC),
        reply_to="@sarn_mp",
    )
    (you,) = FINDER.find(statement, normalise(statement.text)).targets
    assert (you.public_id, you.basis, you.type) == ("oakley", Basis.REPLY, TargetType.PERSON)


def test_we_and_our_are_the_authors_own_party() -> None:
    targets = found_by(Trap("We won: our campaign, our party.", by="khan"))
    assert [(t.who, t.basis) for t in targets] == [
        ("Green Party", Basis.OWN_SIDE),
        ("Green Party", Basis.ALIAS),
    ]


# ---- parties ----


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        ("We must reform the NHS. Reform the NHS! REFORM THE NHS", []),
        ("Electoral Reform Society, planning reform, Reform of the Lords", []),
        ("Reform UK wants it. Only Reform will do it, say some.", ["Reform UK", "Reform UK"]),
        ("Farage's Reform party, a Reform candidate", ["Reform UK", "Reform UK"]),
        ("hard labour, in labour, a labour of love", []),
        ("Labour costs rise. Labour of love. Labour market", []),
        ("Labour lied. New Labour. Labour's failure", ["Labour", "Labour", "Labour"]),
        ("green energy, Green Deal, Green New Deal, green belt", []),
        ("the Green Party, the Greens, Vote Green", ["Green Party"] * 3),
        ("a conservative estimate, conservative with a small c", []),
        ("the Conservative candidate, Conservatives", ["Conservatives", "Conservatives"]),
        ("an alliance of unity, Unity is strength, the Alliance Party", ["Alliance"]),
        ("Tories and lib dems", ["Conservatives", "Liberal Democrats"]),
    ],
)
def test_a_partys_word_is_the_party_only_where_it_must_be(text: str, parties: list[str]) -> None:
    targets = found_by(Trap(text))
    assert [t.who for t in targets if t.type is TargetType.PARTY and t.basis is not Basis.OWN_SIDE] == parties


def test_the_president_of_the_united_states_changes_at_noon() -> None:
    def president(on: str) -> list[str]:
        statement = StatementText(
            id="p", text="The President lied.", author_is="candidate for Congress, US",
            posted_at=datetime.fromisoformat(on).replace(tzinfo=UTC),
        )  # fmt: skip
        return [t.who for t in FINDER.find(statement, normalise(statement.text)).targets]

    assert president("2017-01-20T16:59") == ["Barack Obama"]
    assert president("2017-01-20T17:00") == ["Donald Trump"]
    assert president("2021-01-19T12:00") == ["Donald Trump"]
    assert president("2021-01-20T00:00") == ["Joe Biden"]  # only the day is known
    assert president("2025-01-20T16:00") == ["Joe Biden"]
    assert president("2025-01-20T18:00") == ["Donald Trump"]
