"""What a report keeps of each candidacy's accusations adds up to what is counted of all at once."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from tone_examples import candidacy, contest

from analysis.contract import AccusationType
from analysis.outcomes.ballot import Election
from analysis.reports.accusations.candidacies import OwnAccusations, own_accusations, together
from analysis.reports.accusations.counting import Accusation
from analysis.reports.accusations.elections import ElectionAccusations, accusations_in
from analysis.reports.accusations.ingroups import PARTY, InGroup

ELECTION = Election("e", "An election", date(2023, 5, 4), "Europe/London", None, None, None)
PARTIES = {"x:oak": "x:oak", "x:elm": "x:elm"}
PEOPLE = ("ann", "bea", "cal")
BALLOT = contest(*(replace(candidacy(n + 1, contest="north"), person_id=one) for n, one in enumerate(PEOPLE)))
GROUPS = InGroup(PARTY, PARTIES, {"ann": "x:oak", "bea": "x:elm"})

TARGETS = [
    (None, None, None, None, None, False),
    ("bea", "Bea Nill", "person", "bea", "x:elm", False),
    ("bea", "Ms Nill", "person", "bea", "x:elm", False),
    ("x:oak", "The Oaks", "party", None, "x:oak", False),
    ("ambiguous:moss", "Moss", "person", None, None, True),
    ("person:fenwick", "Fenwick", "person", None, None, False),
]
"""Id, name, type, person, party, whether several bear the name."""


@st.composite
def accusations(draw: st.DrawFn) -> Accusation:
    id_, name, type_, person, party, ambiguous = draw(st.sampled_from(TARGETS))
    author, contest = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(["north", "south"]))
    score = draw(st.sampled_from([None, -0.5, 0.25])) if id_ else None
    return Accusation(
        statement=f"x:{author}-{draw(st.integers(0, 3))}",
        election_id="e",
        contest_id=contest,
        contest=contest.title(),
        author_id=author,
        author=author.title(),
        author_party="Oak",
        status="standing",
        elected=None,
        margin_votes=None,
        phase=draw(st.sampled_from(["between", "unknown"])),
        target_id=id_,
        target=name,
        target_type=type_,
        target_person_id=person,
        target_party_id=party,
        is_ambiguous=ambiguous,
        tone="unscored" if score is None else "negative",
        score=score,
        types=tuple(draw(st.lists(st.sampled_from([one.value for one in AccusationType]), unique=True))),
        is_uncivil=draw(st.booleans()),
        is_reviewed=draw(st.booleans()),
        methods=("kinds-1",),
    )


def candidacies(every: list[Accusation]) -> list[OwnAccusations]:
    """Contest by contest, as a report keeps them; who accuses in one contest alone stands in that alone."""
    contests: dict[str, set[str]] = {}
    by_candidacy: dict[tuple[str, str], list[Accusation]] = {}
    for one in every:
        contests.setdefault(one.author_id, set()).add(one.contest_id)
        by_candidacy.setdefault((one.contest_id, one.author_id), []).append(one)
    return [
        own_accusations(some, GROUPS, stands_elsewhere=len(contests[author]) > 1)
        for (_, author), some in by_candidacy.items()
    ]


def in_any_order(found: ElectionAccusations) -> ElectionAccusations:
    """Phases of which equally many are known have no order of their own."""
    return replace(found, tally=replace(found.tally, by_phase=tuple(sorted(found.tally.by_phase))))


@given(st.lists(accusations(), max_size=30))
def test_what_is_kept_of_each_candidacy_adds_up_to_what_is_counted_of_all(every: list[Accusation]) -> None:
    every.sort(key=lambda one: (one.contest_id, one.author_id))  # as a report comes by them
    at_once = accusations_in(ELECTION, [BALLOT], _once(every), [GROUPS], "scorer-1")
    kept = together(ELECTION, [BALLOT], candidacies(_once(every)), GROUPS, "scorer-1")
    assert in_any_order(kept) == in_any_order(at_once)


def _once(every: list[Accusation]) -> list[Accusation]:
    """A statement accuses a target once in a contest, and in one phase."""
    found: dict[tuple[str, str, str | None], Accusation] = {}
    phases: dict[tuple[str, str], str] = {}
    for one in every:
        phase = phases.setdefault((one.contest_id, one.statement), one.phase)
        found.setdefault((one.contest_id, one.statement, one.target_id), replace(one, phase=phase))
    return list(found.values())
