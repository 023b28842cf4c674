"""What a statement does: kinds, their strength, scope, types and targets."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.contract import (
    AccusationType,
    Basis,
    Kind,
    KindName,
    Label,
    Scope,
    Sentiment,
    StatementText,
    Strength,
    Target,
    TargetType,
)
from analysis.kinds import KindFinder
from analysis.text import normalise

FINDER = KindFinder()
POLLS = date(2030, 5, 2)
MORNING_AFTER = datetime(2030, 5, 3, 6, tzinfo=UTC)
WEEK_BEFORE = datetime(2030, 4, 25, 6, tzinfo=UTC)


def kinds_of(
    text: str,
    *,
    author_is: str | None = None,
    posted_at: datetime | None = MORNING_AFTER,
    targets: tuple[Target, ...] = (),
    toward: tuple[Sentiment | None, ...] = (),
) -> dict[str, Kind]:
    statement = StatementText(id="1", text=text, author_is=author_is, posted_at=posted_at, polls=POLLS)
    return {kind.kind.value: kind for kind in FINDER.find(statement, normalise(text), targets, toward)}


def target(text: str, mention: str, kind: TargetType, who: str | None = None) -> Target:
    start = text.index(mention)
    return Target(start, start + len(mention), mention, who or mention, kind, Basis.ALIAS, 1.0)


def feeling(label: Label, score: float) -> Sentiment:
    return Sentiment(score, label, 0.8, "test-1")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Honoured & privileged to be re-elected", "victory"),
        ("Thank you, Kelby! I am humbled that you have chosen me to be your next mayor.", "victory thanks"),
        ("Hope won over fear. Thank you all, so that we could win together.", "victory thanks"),
        ("Last night the people of Kelby chose change. I am proud to be your new MP.", "victory"),
        ("The voters of this district have given me another term.", "victory"),
        ("I called Pat Doe to congratulate her on her victory.", "concession congratulation"),
        ("I accept the decision of the voters.", "concession"),
        ("Tonight did not go the way we wanted.", "concession"),
        ("It was the honour of my life. Sadly, I lost my seat last night.", "concession"),
        ("I will not accept this result.", "refusal"),
        ("We demand a full recount.", "refusal"),
        (
            "I hereby reject the result of this sham election and will see them in court.",
            "refusal accusation",
        ),
        ("Pat Doe was a hard sell and failed once again", "accusation"),
        ("You lost when a lamp post could have won.", "accusation"),
        ("The minister lied and should resign.", "accusation"),
        ("Thank you to everyone who voted for me.", "thanks"),
        ("Congratulations to Anna Example on her election as President of France.", "congratulation"),
        ("These allegations are false.", "defence"),
        ("A fantastic team out in Kelby this morning!", "acclaim"),
        ("We will build nine hundred homes.", "pledge"),
        ("The exit poll puts the Greens on 12 seats.", "result_report"),
    ],
)
def test_a_statement_has_the_kinds_that_a_careful_reader_would_give(text: str, kinds: str) -> None:
    assert set(kinds.split()) <= set(kinds_of(text))


PIECES = ("we", "won", "lost", "the", "vote", ".", "!", '"', "@", "we've", "#", "🎉", "if", "\n", "Kelby")
MAIN = {"victory", "concession", "refusal", "accusation"}


@pytest.mark.parametrize(
    "text",
    [
        "We will win on Thursday",
        "If I am elected I will open the books.",
        "If I lose I will accept the result.",
        "Our team conceded a goal in the last minute",
        "We won the argument on rents.",
        "New poll: we are ahead in Kelby!",
        "We lost a dear friend this week.",
        "She lost her husband last year.",
        "Disappointing result at the rugby this afternoon",
        "Thrilled that my colleague Kim has been re-elected!",
        "I was elected in 2010 to serve you.",
        "Thank you to everyone who voted for me.",
        "Find your polling station before ten.",
        "",
        "🎉🎉🎉",
    ],
)
def test_near_misses_are_neither_victory_nor_concession_nor_refusal_nor_accusation(text: str) -> None:
    assert not MAIN & set(kinds_of(text))


def test_a_weak_hint_alone_makes_no_kind_and_two_of_them_make_one() -> None:
    assert "victory" not in kinds_of("Now let's get to work.")
    assert "victory" in kinds_of("Now let's get to work. I will represent our great state in the Senate.")


def test_a_quoted_claim_of_somebody_else_is_not_the_authors_claim() -> None:
    text = 'The paper writes "we won this election" but nobody in this town has seen a single count yet.'

    assert "victory" not in kinds_of(text)


def test_single_marks_quote_a_sentence_but_no_word_and_apostrophes_do_not() -> None:
    said = "'They have stolen this election from us,' he told the evening news, and I was asked for a line."

    assert "refusal" not in kinds_of(said)
    assert "refusal" in kinds_of(said.replace("'", ""))
    assert "refusal" in kinds_of("It's the voters' right: they've stolen this election from us.")
    assert "thanks" in kinds_of("To all who helped: a humble 'thank you'.")


def test_a_colour_is_a_win_for_its_party_and_a_loss_for_another() -> None:
    text = "Kelby stays blue. Well done, all."

    assert "victory" in kinds_of(text, author_is="Conservative candidate for Kelby (UK)")
    assert "concession" in kinds_of(text, author_is="Labour candidate for Kelby (UK)")
    assert "concession" not in kinds_of(text, author_is="Pirate candidate for Kelby")


def test_weak_words_accuse_nobody_where_nobody_is_spoken_of() -> None:
    assert "accusation" not in kinds_of("Robbed in extra time, and the pie was cold.")
    assert "accusation" in kinds_of("Robbed by the minister, and the pie was cold.")


def test_beside_a_claimed_win_the_mention_of_rivals_is_no_attack() -> None:
    text = "We won Kelby from the Conservatives. He was the mayor and they built it."
    rival = target(text, "Conservatives", TargetType.PARTY)
    cold = feeling(Label.NEUTRAL, 0.0)

    assert "accusation" not in kinds_of(text, targets=(rival,), toward=(cold,))
    assert "accusation" in kinds_of(f"{text} They lied.", targets=(rival,), toward=(cold,))


def test_a_denial_between_the_words_of_a_claim_undoes_it_unless_the_claim_itself_denies() -> None:
    assert "concession" in kinds_of("Our race for Kelby is over.")
    assert "concession" not in kinds_of("Our race for Kelby isn't over.")
    assert "concession" in kinds_of("We did not win this seat.")


def test_another_persons_refusal_is_not_a_refusal() -> None:
    assert "refusal" not in kinds_of("My opponent says the election was stolen. It was not.")


def test_polling_day_decides_between_a_call_and_a_claim() -> None:
    """A win cannot be claimed before the polls, and nobody asks for votes after them."""
    assert "victory" not in kinds_of("We did it!", posted_at=WEEK_BEFORE)
    assert "victory" in kinds_of("We did it!", posted_at=MORNING_AFTER)
    assert "mobilisation" in kinds_of("Let's do this! Only hours to go.", posted_at=WEEK_BEFORE)
    assert "mobilisation" not in kinds_of("Let's do this! Only hours to go.", posted_at=MORNING_AFTER)


@pytest.mark.parametrize(
    ("contest", "hour", "is_closed"),
    [
        ("Ward 4, Kelby (UK)", 15, False),
        ("Ward 4, Kelby (UK)", 22, True),
        ("East Coast GRC, Singapore", 9, False),
        ("East Coast GRC, Singapore", 15, True),
        ("Division of Kelby, Australia", 9, True),
        (None, 15, False),
    ],
)
def test_on_polling_day_the_place_tells_from_when_polls_may_be_closed(
    contest: str | None, hour: int, is_closed: bool
) -> None:
    posted_at = datetime(POLLS.year, POLLS.month, POLLS.day, hour, tzinfo=UTC)
    statement = StatementText(id="1", text="Oh.", posted_at=posted_at, polls=POLLS, contest=contest)
    passage = FINDER.hear(statement, normalise("Oh."), (), ()).passage
    assert passage.is_results_time() == is_closed


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("I have conceded the race.", Strength.STRONG),
        ("Pat Doe has won this election.", Strength.STRONG),
        ("This is not the result we hoped for.", Strength.WEAK),
        ("This is not the result we hoped for. We lost the election.", Strength.STRONG),
    ],
)
def test_a_concession_is_strong_where_the_loss_is_said_plainly(text: str, strength: Strength) -> None:
    assert kinds_of(text)["concession"].strength is strength


@pytest.mark.parametrize(
    ("text", "kind", "author_is", "scope"),
    [
        ("Honoured to be re-elected!", "victory", "Green candidate", Scope.OWN_CONTEST),
        ("We held the seat!", "victory", "Green candidate", Scope.OWN_CONTEST),
        ("There is no hiding from the overall result.", "concession", "Green candidate", Scope.PARTY),
        ("We suffered a heavy defeat.", "concession", "Green leader", Scope.PARTY),
        ("I lost my seat last night.", "concession", "Green leader", Scope.OWN_CONTEST),
        ("I reject this result.", "refusal", "candidate for president", Scope.OWN_CONTEST),
    ],
)
def test_an_outcome_is_the_authors_own_unless_the_party_or_a_leaders_we_is_meant(
    text: str, kind: str, author_is: str, scope: Scope
) -> None:
    assert kinds_of(text, author_is=author_is)[kind].scope is scope


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The council slashed the youth budget and refuses to explain.", AccusationType.POLICY),
        ("He is a liar and a hypocrite.", AccusationType.CHARACTER),
        ("Their treasurer is corrupt and took bribes.", AccusationType.MISCONDUCT),
        ("They rigged the count in three wards.", AccusationType.INTEGRITY),
        ("His vanity cost us the seat.", AccusationType.BLAME),
    ],
)
def test_an_accusation_says_what_it_is_about(text: str, kind: AccusationType) -> None:
    assert kind in kinds_of(text)["accusation"].types


def test_a_leader_can_keep_the_seat_and_concede_the_country_in_one_text() -> None:
    text = "Thank you for re-electing me here in Kelby. But we lost this general election and I am sorry."
    found = kinds_of(text, author_is="Green leader, candidate for Kelby")

    assert found["victory"].scope is Scope.OWN_CONTEST
    assert found["concession"].scope is Scope.PARTY


@pytest.mark.parametrize(
    ("text", "kind", "gone"),
    [
        ("We will never concede. We lost nothing but our patience.", "refusal", "concession"),
        ("I withdraw my concession. I congratulated Pat Doe too soon.", "refusal", "concession"),
        ("They can declare what they like, I know that I won.", "refusal", "victory"),
        ("I concede. Kim Lee has won this election. There were irregularities.", "concession", "refusal"),
    ],
)
def test_nobody_claims_one_outcome_both_ways(text: str, kind: str, gone: str) -> None:
    found = kinds_of(text)

    assert kind in found
    assert gone not in found


def test_a_concession_beside_doubts_about_the_count_is_weak() -> None:
    text = "There were irregularities. All the same I concede: Kim Lee has won this election."

    assert kinds_of(text)["concession"].strength is Strength.WEAK


def test_thanks_after_an_election_of_unknown_date_count_as_results_time_where_the_text_speaks_of_one() -> (
    None
):
    """`results_time` needs days or words: a good-bye says nothing of a count by itself."""
    statement = StatementText(id="1", text="", author_is="Green candidate")

    def read(text: str) -> set[str]:
        return {kind.kind.value for kind in FINDER.find(statement, normalise(text), (), ())}

    assert "concession" in read("So close in this election. I'm gutted.")
    assert "concession" not in read("So close. I'm gutted.")


def test_another_countrys_winner_is_told_from_the_authors_rival() -> None:
    text = "Congratulations to President-elect Doe of Kenya on his victory."

    assert "concession" in kinds_of(text, author_is="candidate for president of Kenya")
    assert "concession" not in kinds_of(text, author_is="Prime Minister, candidate for Kelby (UK)")


def test_an_insult_makes_an_accusation_uncivil() -> None:
    assert kinds_of("The man is a clown who failed us.")["accusation"].incivility
    assert not kinds_of("The minister lied and should resign.")["accusation"].incivility


def test_a_rival_spoken_of_negatively_tips_weak_words_into_an_accusation() -> None:
    text = "Another look at what the Greens call a plan."
    greens = target(text, "Greens", TargetType.PARTY)

    assert "accusation" not in kinds_of(text)
    assert "accusation" in kinds_of(text, targets=(greens,), toward=(feeling(Label.NEGATIVE, -0.5),))
    own = kinds_of(
        text, author_is="Greens candidate", targets=(greens,), toward=(feeling(Label.NEGATIVE, -0.5),)
    )
    assert "accusation" not in own


def test_a_kind_is_about_the_targets_of_its_sentence_that_fit_it() -> None:
    text = "Thank you to our volunteers. The Tories lied to this town."
    volunteers = target(text, "volunteers", TargetType.SUPPORTERS)
    tories = target(text, "Tories", TargetType.PARTY, "Conservatives")

    found = kinds_of(text, targets=(volunteers, tories), toward=(None, None))

    assert found["thanks"].targets == (0,)
    assert found["accusation"].targets == (1,)


def test_an_accusation_without_a_name_is_about_whom_the_author_addresses() -> None:
    addressed = Target(None, None, "", "Pat Doe", TargetType.PERSON, Basis.REPLY, 1.0)

    found = kinds_of("You lost when a lamp post could have won.", targets=(addressed,), toward=(None,))

    assert found["accusation"].targets == (0,)


def test_evidence_stands_in_the_original_text_where_the_words_are() -> None:
    text = "It’s done… 🎉 We’ve won the seat!"
    found = kinds_of(text)["victory"]

    assert text[found.start : found.end] == "We’ve won the seat"


def test_kinds_come_once_each_in_the_order_of_the_codebook() -> None:
    found = list(kinds_of("Thank you! We won the seat. We will build homes. Thanks again, we won."))

    assert found == ["victory", "pledge", "thanks"]
    assert [KindName(name) for name in found] == sorted(map(KindName, found), key=list(KindName).index)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300) | st.lists(st.sampled_from(PIECES)).map(" ".join))
def test_any_text_gets_kinds_whose_spans_lie_inside_it(text: str) -> None:
    for kind in kinds_of(text).values():
        assert 0 <= kind.start <= kind.end <= len(text)
        assert 0 < kind.confidence <= 1
        assert kind.method == FINDER.method


@pytest.mark.parametrize(
    "unit", ["😀", "([", "é\u0301", "a", "we ", "we-", "Aa-", "1,", '"', "we have won the seat and lost "]
)
def test_a_flood_of_anything_is_read_in_bounded_time(unit: str) -> None:
    """Runs at all within the suite: a quadratic pattern would take hours on these."""
    kinds_of(unit * (100_000 // len(unit)))
