"""Whom a statement targets: linked where it is certain, left open where it is not."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from analysis.targets import METHOD, Found, TargetFinder
from analysis.text import MAX_LENGTH, normalise

DAY = date(2024, 7, 4)
LABOUR, GREEN, REFORM, WORKERS = "p-lab", "p-grn", "p-ref", "p-wpb"


def candidate(
    person: str,
    name: str,
    contest: str,
    party: str | None = None,
    *,
    party_name: str = "",
    status: str = "standing",
    incumbent: bool | None = None,
    handles: tuple[Handle, ...] = (),
    day: date = DAY,
) -> Candidate:
    return Candidate(
        person_id=f"k{person}",
        public_id=person,
        name=name,
        family_name=name.split()[-1],
        contest_id=contest,
        election_id=f"uk-{day.year}",
        polling_date=day,
        party_id=party,
        party_name=party_name,
        status=status,
        incumbent=incumbent,
        handles=handles,
    )


ROSTER = Roster(
    contests=(
        Contest("bethnal", "Bethnal Green and Stepney", "uk-2024", DAY),
        Contest("norwood", "Norwood Vale", "uk-2024", DAY),
        Contest("holme", "Holme Moor", "uk-2024", DAY),
        Contest("holme-2019", "Holme Moor", "uk-2019", date(2019, 12, 12)),
        Contest("duel", "Isle of Sarn", "uk-2024", DAY),
    ),
    candidates=(
        candidate("1", "Rushanara Ali", "bethnal", LABOUR, party_name="Labour", incumbent=True),
        candidate("2", "Ajmal Masroor", "bethnal", party_name="Independent"),
        candidate("3", "Tasnime Akunjee", "bethnal", party_name="Independent", status="withdrawn"),
        candidate("4", "Phoebe Gill", "bethnal", GREEN, party_name="Green"),
        candidate(
            "5",
            "Peter Wainfleet",
            "bethnal",
            REFORM,
            party_name="Reform UK",
            handles=(
                Handle("x", "wainfleet4ukip", valid_to=date(2021, 1, 1)),
                Handle("x", "wainfleet_reform", valid_from=date(2021, 1, 2)),
            ),
        ),
        candidate("10", "Helen Hughes", "norwood", LABOUR, party_name="Labour"),
        candidate("11", "Morgan Hughes", "norwood", GREEN, party_name="Green"),
        candidate("12", "Thelma May", "norwood", party_name="Independent"),
        candidate("13", "Darren Day", "norwood", WORKERS, party_name="Workers Party"),
        candidate("14", "Courtney Love", "norwood", party_name="Independent"),
        candidate("15", "Alan Black", "norwood", party_name="Independent"),
        candidate("16", "Jude Law", "norwood", party_name="Independent"),
        candidate("17", "Ivy Care", "norwood", party_name="Independent"),
        candidate("18", "Bo On", "norwood", party_name="Independent"),
        candidate("19", "Rita Just", "norwood", party_name="Independent"),
        candidate("20", "Clifford Still", "norwood", party_name="Independent"),
        candidate("21", "Reginald Race", "norwood", party_name="Independent"),
        candidate("22", "Oona Thornhaugh", "norwood", REFORM, party_name="Reform UK"),
        candidate("30", "David Evans", "holme", LABOUR, party_name="Labour"),
        candidate("31", "Gwen Pryce-Jones", "holme", GREEN, party_name="Green"),
        candidate("32", "Keir Starmer", "holme", LABOUR, party_name="Labour", incumbent=True),
        candidate("30b", "David Evans", "duel", REFORM, party_name="Reform UK"),
        candidate("34", "Bernard Johnson", "holme", party_name="Independent"),
        candidate("40", "Una Sarnwick", "duel", GREEN, party_name="Green"),
        candidate("41", "Ted Gonebury", "duel", party_name="Independent", status="withdrawn"),
        candidate("33", "Wilma Ostrander", "holme", LABOUR, party_name="Labour"),
        candidate("33", "Wilma Ostrander", "holme-2019", LABOUR, party_name="Labour", day=date(2019, 12, 12)),
    ),
    parties=(
        Party(LABOUR, "Labour Party", (PartyAlias("Labour"),)),
        Party(GREEN, "Green Party", (PartyAlias("Green"),)),
        Party(REFORM, "Reform UK", (PartyAlias("Brexit Party", valid_to=date(2021, 1, 3)),)),
        Party(WORKERS, "Workers Party of Britain"),
    ),
)
FINDER = TargetFinder(ROSTER)
BUILT_IN = TargetFinder(Roster())
NAMES = {c.public_id: c.name for c in ROSTER.candidates}


def find(
    text: str,
    *,
    by: str | None = "2",
    on: date = date(2024, 6, 20),
    finder: TargetFinder = FINDER,
    author: str | None = None,
    author_is: str | None = None,
    reply_to: str | None = None,
    quoted: str | None = None,
    addressee: str | None = None,
    contest: str | None = None,
    platform: str | None = None,
) -> Found:
    statement = StatementText(
        id="s",
        text=text,
        platform=platform,
        author=author,
        author_is=author_is,
        person_id=f"k{by}" if by else None,
        contest=contest,
        posted_at=datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
        reply_to=reply_to,
        quoted=quoted,
        addressee=addressee,
    )
    return finder.find(statement, normalise(text))


def links(found: Found) -> dict[str, str]:
    return {t.mention: t.public_id for t in found.targets if t.public_id}


def of_type(found: Found, kind: TargetType) -> list[str]:
    return [t.who for t in found.targets if t.type is kind and t.basis is not Basis.OWN_SIDE]


def parties(text: str, *, on: date = date(2024, 6, 20), finder: TargetFinder = FINDER) -> list[str]:
    return of_type(find(text, on=on, finder=finder), TargetType.PARTY)


def only(found: Found, mention: str) -> Target:
    (target,) = [t for t in found.targets if t.mention == mention]
    return target


# ---- the founding example ----


def test_a_warning_to_a_party_targets_the_party() -> None:
    found = find(
        "You sent Labour a clear message. We cut Labour's majority and will hold Labour accountable."
    )
    labour = [t for t in found.targets if t.who == "Labour"]
    assert [t.mention for t in labour] == ["Labour"] * 3
    assert {t.party_id for t in labour} == {LABOUR}
    assert of_type(found, TargetType.VOTERS) == ["voters"]
    assert of_type(found, TargetType.PERSON) == []


def test_a_withdrawn_candidate_blames_another_by_full_name() -> None:
    target = only(find("Ajmal Masroor was a poor choice and lost again.", by="3"), "Ajmal Masroor")
    assert (target.public_id, target.person_id, target.basis) == ("2", "k2", Basis.FULL_NAME)


def test_the_addressee_that_a_source_names_is_a_target_without_a_place() -> None:
    (target,) = find("You lost to nobody.", by="3", addressee="Ajmal Masroor").targets
    assert (target.public_id, target.basis, target.start) == ("2", Basis.ADDRESSEE, None)


def test_a_government_to_come_is_its_party() -> None:
    found = find("We will rebuild with a Labour Government.", by="1")
    assert of_type(found, TargetType.PARTY) == ["Labour"]
    assert of_type(found, TargetType.GOVERNMENT) == []


# ---- persons of the roster ----


@pytest.mark.parametrize(
    ("text", "by", "linked"),
    [
        ("Ali abstained again.", "2", {"Ali": "1"}),
        ("Nobody trusts Masroor's figures.", "1", {"Masroor": "2"}),
        ("ALI SHOULD RESIGN", "2", {"ALI": "1"}),
        ("MASROOR LOST", "1", {"MASROOR": "2"}),
        ("Well done to Tasnime Akunjee.", "2", {"Tasnime Akunjee": "3"}),
        ("rushanara ali said no", "2", {"rushanara ali": "1"}),
        ("Mr Ali, Ms Gill and Cllr. Wainfleet met.", "2", {"Ali": "1", "Gill": "4", "Wainfleet": "5"}),
        ("#RushanaraAli must answer", "2", {"#RushanaraAli": "1"}),
        ("Dr Darren Day spoke. Then Day left.", "10", {"Darren Day": "13"}),
        ("Labour's Hughes", "12", {}),
        ("Hughes was wrong", "12", {}),
        ("Helen Hughes was wrong", "12", {"Helen Hughes": "10"}),
        ("Morgan Hughes spoke. Hughes was wrong", "12", {"Morgan Hughes": "11"}),
        ("Ms Pryce-Jones and Jones", "30", {"Pryce-Jones": "31"}),
        ("David Evans is wrong", "31", {"David Evans": "30"}),
        ("David Evans is wrong", "40", {"David Evans": "30b"}),
        ("David Evans is wrong", "2", {}),
        ("Wilma Ostrander is wrong", "2", {"Wilma Ostrander": "33"}),
        ("Ostrander is wrong", "2", {}),
        ("Johnson is wrong", "31", {}),
        ("Bernard Johnson is here. Johnson is wrong", "31", {"Bernard Johnson": "34", "Johnson": "34"}),
    ],
)
def test_a_name_is_linked_inside_the_contest_or_where_it_is_unique(
    text: str, by: str, linked: dict[str, str]
) -> None:
    found = find(text, by=by)
    assert {
        t.mention.removeprefix("Mr ").split(". ")[-1]: t.public_id for t in found.targets if t.public_id
    } == linked


@pytest.mark.parametrize(
    "text",
    [
        "Shabnam Ali is a good teacher.",
        "Ali Hussain spoke.",
        "Ali-Khan spoke.",
        "R. Ali spoke.",
        "Muhammad Ali was the greatest. Ali never gave up.",
        "Somalia, Alicante and alimony",
        "the ali g show",
        "Gill Academy opens",
        "the Secretary of Defence Ash Gill",
        "Anne Starmer spoke. Starmer is a nurse.",
        "thanks to our friend Ali",
    ],
)
def test_another_name_with_the_same_word_is_never_linked(text: str) -> None:
    assert links(find(text)) == {}


@pytest.mark.parametrize(
    "text",
    [
        "May the best candidate win in May.",
        "On the day of the race we still just care.",
        "Day after day. Day one. Day of action.",
        "Love wins. Love Norwood!",
        "Black lives matter. Black voters know.",
        "Law and order. The Law is clear. Still, it matters.",
        "Care workers deserve more. Care is broken. Social Care now.",
        "Just vote. Still time to vote. Race for Life today.",
        "VOTE ON THURSDAY MAY THE BEST MAN WIN LOVE LAW CARE RACE STILL JUST BLACK DAY",
        "The Race for Norwood Vale. Election Day for Norwood Vale. Labour Care plans. Chief Law officer.",
        "Happy Mother's Day! Labour Day, Polling Day, Election Day.",
    ],
)
def test_everyday_words_are_nobodys_surname(text: str) -> None:
    assert links(find(text, by="10")) == {}


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Ms May was wrong", "12"),
        ("Vote for Thelma May", "12"),
        ("Thelma May spoke.", "12"),
        ("Mr Law misled us", "16"),
        ("Reginald Race, again", "21"),
        ("Courtney Love is here", "14"),
    ],
)
def test_a_title_or_a_given_name_makes_an_everyday_word_a_surname(text: str, person: str) -> None:
    assert list(links(find(text, by="10")).values()) == [person]


def test_an_open_mention_keeps_everybody_who_fits() -> None:
    target = only(find("Hughes was wrong", by="12"), "Hughes")
    assert (target.basis, target.public_id, set(target.candidates)) == (Basis.AMBIGUOUS, None, {"10", "11"})
    assert set(only(find("David Evans again"), "David Evans").candidates) == {"30", "30b"}


def test_the_author_is_no_target_but_her_name_is_known_as_one() -> None:
    text = "Rushanara Ali here: vote for Ali and @rushanara"
    found = find(text, by="1", author="rushanara")
    assert of_type(found, TargetType.PERSON) == []
    assert [text[a:b] for a, b in found.names] == ["Rushanara Ali", "Ali", "@rushanara"]


def test_the_author_is_found_by_name_and_contest() -> None:
    found = find("Ali was wrong", by=None, author="Ajmal Masroor")
    assert links(found) == {"Ali": "1"}
    assert links(find("Hughes lost", by=None, contest="Norwood Vale")) == {}
    assert links(find("Thornhaugh lost", by=None, contest="Norwood Vale")) == {"Thornhaugh": "22"}
    assert links(find("Thornhaugh lost", by=None)) == {}


def test_what_the_roster_knows_of_the_author_completes_a_statement() -> None:
    complete = FINDER.complete(StatementText(id="s", text="Thanks.", author="Ajmal Masroor"))
    assert (complete.author_party, complete.contest, complete.polls) == ("Independent", "bethnal", DAY)
    stranger = StatementText(id="s", text="Thanks.", author="Nobody Known")
    assert FINDER.complete(stranger) == stranger


def test_a_stranger_in_an_election_of_the_roster_gets_its_polling_day() -> None:
    election = ROSTER.candidates[0].election_id
    stranger = StatementText(id="s", text="Thanks.", author="Nobody Known", election=election)
    assert FINDER.complete(stranger).polls == DAY


def test_my_opponent_is_the_other_one_of_two() -> None:
    assert links(find("I thank my opponent.", by="40")) == {"my opponent": "30b"}
    open_ = only(find("I thank my opponent.", by="2"), "my opponent")
    assert (open_.basis, open_.public_id) == (Basis.AMBIGUOUS, None)
    assert "2" not in open_.candidates


# ---- handles, replies ----


def test_a_handle_counts_only_on_the_dates_on_which_it_was_theirs() -> None:
    assert links(find("@wainfleet_reform lies")) == {"@wainfleet_reform": "5"}
    assert links(find("@wainfleet4ukip lies")) == {}
    assert links(find("@wainfleet4ukip lies", on=date(2020, 1, 1))) == {"@wainfleet4ukip": "5"}
    assert links(find("@wainfleet_reform lies", on=date(2020, 1, 1))) == {}
    assert links(find("@Wainfleet_Reform lies", platform="bluesky")) == {}


@pytest.mark.parametrize(
    ("handle", "kind"),
    [
        ("@UKLabour", TargetType.PARTY),
        ("@SomewhereLabour", TargetType.PARTY),
        ("@BBCNews", TargetType.MEDIA),
        ("@townherald", TargetType.MEDIA),
        ("@bloggspolice", TargetType.INSTITUTION),
        ("@jo_bloggs", TargetType.PERSON),
        ("@jo.bsky.social", TargetType.PERSON),
    ],
)
def test_an_unknown_handle_is_told_by_its_shape(handle: str, kind: TargetType) -> None:
    target = only(find(f"Well said {handle}!"), handle)
    assert (target.type, target.basis) == (kind, Basis.HANDLE)


def test_a_mail_address_is_no_handle_and_a_glued_link_no_part_of_one() -> None:
    assert find("write to jo@example.org or jo.bloggs@example.org").targets == ()
    assert [t.mention for t in find(".@jo_bloggs is wrong, (@ann) too").targets] == ["@jo_bloggs", "@ann"]
    found = find("Thanks @jo_bloggshttps://example.org/x and @annpic.twitter.com/abc")
    assert [t.mention for t in found.targets] == ["@jo_bloggs", "@ann"]


def test_a_reply_targets_its_author_once() -> None:
    (target,) = find("Nonsense.", reply_to="wainfleet_reform").targets
    assert (target.public_id, target.basis, target.start, target.mention) == ("5", Basis.REPLY, None, "")
    (named,) = find("Nonsense @wainfleet_reform", reply_to="wainfleet_reform").targets
    assert named.basis is Basis.HANDLE
    assert find("And more.", by=None, author="jo", reply_to="jo").targets == ()
    assert find("Nonsense.", reply_to="stranger").targets[0].who == "@stranger"


def test_a_quoted_handle_is_a_target_and_a_quoted_text_is_none() -> None:
    assert find("Nonsense.", quoted="@wainfleet_reform").targets[0].basis is Basis.QUOTED
    assert find("Nonsense.", quoted="We will win this seat").targets == ()


# ---- offices ----


@pytest.mark.parametrize(
    ("on", "holder"),
    [
        (date(2016, 7, 12), "David Cameron"),
        (date(2016, 7, 13), "Theresa May"),
        (date(2019, 7, 24), "Boris Johnson"),
        (date(2024, 7, 4), "Rishi Sunak"),
        (date(2024, 7, 5), "Keir Starmer"),
    ],
)
def test_the_prime_minister_is_who_held_the_office_that_day(on: date, holder: str) -> None:
    assert only(find("I asked the Prime Minister.", on=on), "Prime Minister").who == holder
    assert only(find("I asked the PM.", on=on), "the PM").who == holder


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("Starmer refused.", {"Starmer": "32"}),
        ("the Labour leader refused", {"Labour leader": "32"}),
        ("the leader of the Labour Party refused", {"leader of the Labour Party": "32"}),
        ("the Scottish Labour leader refused", {}),
        ("the former Labour leader refused", {}),
        ("the Labour leader of the council refused", {}),
        ("the deputy Prime Minister refused", {}),
    ],
)
def test_a_leader_is_linked_where_the_roster_has_the_same_person(text: str, linked: dict[str, str]) -> None:
    assert links(find(text)) == linked


@pytest.mark.parametrize(
    "text",
    [
        "the former Prime Minister spoke",
        "France's Prime Minister spoke",
        "the Irish Prime Minister spoke",
        "the Prime Minister of India spoke",
        "polls close at 10 PM",
        "the shadow Home Secretary spoke",
        "our candidate for Mayor of Sarn",
    ],
)
def test_an_office_of_somebody_else_is_not_its_holder(text: str) -> None:
    assert [t for t in find(text).targets if t.basis is Basis.OFFICE] == []


def test_the_president_depends_on_the_country() -> None:
    american = find(
        "The President lied.", by=None, finder=BUILT_IN, author_is="Jo, candidate for Congress (US)"
    )
    nigerian = find("The President lied.", by=None, finder=BUILT_IN, author_is="Jo, PDP (Nigeria)")
    assert [t.who for t in american.targets] == ["Joe Biden"]
    assert [t.who for t in nigerian.targets] == ["Bola Tinubu"]
    assert find("The President lied.").targets == ()


# ---- parties ----


@pytest.mark.parametrize(
    "text",
    [
        "We must reform the NHS.",
        "Reform the NHS now.",
        "Reform is overdue, and electoral reform too.",
        "REFORM THE LAW",
        "green energy and a Green New Deal",
        "Green jobs, the green belt, the Green Paper",
        "hard labour and the labour market",
        "Labour market figures. Labour costs rise.",
        "a labour of love",
        "a conservative estimate",
        "an alliance of unity and hope",
        "I am a democrat and a liberal",
    ],
)
def test_common_words_are_no_parties(text: str) -> None:
    assert parties(text) == []


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Reform UK lies", ["Reform UK"]),
        ("Vote Reform", ["Reform UK"]),
        ("Don't let Reform in: a vote for Reform helps the Tories", ["Reform UK", "Conservatives"]),
        ("vote green party", ["Green Party"]),
        ("Vote Green!", ["Green Party"]),
        ("The Greens voted no", ["Green Party"]),
        ("Only Labour can win", ["Labour"]),
        ("LABOUR LIED", ["Labour"]),
        ("the tories and lib dems", ["Conservatives", "Liberal Democrats"]),
        ("anti-Labour? No", []),
        ("#VoteLabour", ["Labour"]),
        ("#votelabour", ["Labour"]),
        ("#ToriesOut now", ["Conservatives"]),
        ("#VoteGreen", ["Green Party"]),
        ("#GreenEnergy #Reform #LabourMarket", []),
        ("the Workers Party of Britain", ["Workers Party"]),
    ],
)
def test_parties_are_found_by_name_informal_name_and_hashtag(text: str, who: list[str]) -> None:
    assert parties(text) == who


def test_a_party_alias_counts_on_its_dates() -> None:
    assert parties("the Brexit Party", on=date(2019, 6, 1)) == ["Reform UK"]
    assert parties("the Brexit Party", on=date(2024, 6, 1)) == []
    assert parties("Vote Reform", on=date(2015, 5, 1)) == []
    assert parties("UKIP", on=date(2015, 5, 1)) == ["UKIP"]


def test_a_party_has_the_rosters_id() -> None:
    ids = {t.party_id for t in find("The Tories, UKIP, Reform UK, the Greens").targets}
    assert ids == {None, REFORM, GREEN}


def test_a_party_of_another_country_is_not_read_into_a_word() -> None:
    us = find("Democrats and Republicans", by=None, finder=BUILT_IN, author_is="Senate candidate (US)")
    assert of_type(us, TargetType.PARTY) == ["Democratic Party", "Republican Party"]
    ng = find("the APC, Labour and the PDP", by=None, finder=BUILT_IN, author_is="candidate (Nigeria)")
    assert of_type(ng, TargetType.PARTY) == ["APC", "PDP"]


def test_voters_and_members_of_a_party_are_people() -> None:
    found = find("Tory voters and Labour activists")
    assert of_type(found, TargetType.PARTY) == []
    assert of_type(found, TargetType.VOTERS) == ["Conservatives voters"]
    assert of_type(found, TargetType.SUPPORTERS) == ["Labour activists"]


def test_we_is_the_own_side_and_our_party_the_own_party() -> None:
    we = only(find("Together we won.", by="1"), "we")
    assert (we.basis, we.who, we.party_id) == (Basis.OWN_SIDE, "Labour", LABOUR)
    assert only(find("Proud of our party", by="1"), "our party").party_id == LABOUR
    assert only(find("Together we won in the US.", by="2"), "we").who == "own side"


# ---- governments, institutions, media, groups, strangers ----


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("This Government has failed", ["UK government"]),
        ("the Trump administration", ["Trump government"]),
        ("Boris Johnson's government", ["Boris Johnson government"]),
        ("the Conservative government", ["Conservative government"]),
        ("the next Labour government", []),
        ("a Labour government", []),
        ("good local government", []),
        ("the size of government and the harm our government does", []),
    ],
)
def test_governments_are_told_from_parties(text: str, who: list[str]) -> None:
    assert of_type(find(text), TargetType.GOVERNMENT) == who


def test_institutions_media_and_groups_come_from_lists() -> None:
    found = find("The police, INEC, the BBC, the media, our volunteers and nurses")
    assert of_type(found, TargetType.INSTITUTION) == ["police", "INEC"]
    assert of_type(found, TargetType.MEDIA) == ["BBC", "news media"]
    assert of_type(found, TargetType.SUPPORTERS) == ["volunteers"]
    assert of_type(found, TargetType.GROUP) == ["nurses"]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("I met President Macky Sall.", ["Macky Sall"]),
        ("A tribute to Frank Dobson today", ["Frank Dobson"]),
        ("with my friend Sharon", ["Sharon"]),
        ("Thank you, Hassan!", ["Hassan"]),
        ("Our candidate Zubrin Quexley lied.", ["Zubrin Quexley"]),
        ("Zubrin Quexley (Lab) lied.", ["Zubrin Quexley"]),
        ("Ask Quexley, then Zubrin Quexley, MP for Sarn.", ["Zubrin Quexley"]),
        ("I met Zubrin Quexley, the Reform candidate.", ["Zubrin Quexley"]),
        ("Senator Quexley (D-MA) and Zubrin Vaskell (R-TX)", ["Quexley", "Zubrin Vaskell"]),
        ("I met Mr. Holder and General Zubrin Rice.", ["Holder", "Zubrin Rice"]),
        ("Quexley Hamlets, a town. Quexley Vale votes.", []),
        ("We opened the Frank Dobson Centre", []),
        ("at Grenfell Tower in Camden Town", []),
        ("Will Labour win? Mark my words.", []),
        ("Happy May Day", []),
    ],
)
def test_people_outside_every_list_are_told_by_the_shape_of_their_names(text: str, who: list[str]) -> None:
    found = find(text)
    assert of_type(found, TargetType.PERSON) == who
    assert links(found) == {}


# ---- every text ----

_PIECES = st.sampled_from(
    [
        *("Ali", "Ajmal Masroor's", "“Labour”", "@jo", "#VoteLabour", "this government", "é\u0301", "👍"),
        *(" ", "\n", "Mr.", "O'Brien", "https://x.org/a", "pic.twitter.com/b", "MAY", "_", "-", "'s"),
        *("you", "we", "PM", "\u200d"),
    ]
)


@given(st.lists(_PIECES, max_size=12).map("".join))
@settings(max_examples=200, deadline=None)
def test_places_lie_in_the_original_and_in_order(text: str) -> None:
    found = find(text)
    placed = [t for t in found.targets if t.start is not None and t.end is not None]
    for target in placed:
        assert target.start is not None
        assert text[target.start : target.end] == target.mention != ""
    assert [t.start for t in placed] == sorted(t.start or 0 for t in placed)
    assert all(a.end <= b.start for a, b in zip(found.names, found.names[1:], strict=False))
    assert all(0 <= span.start < span.end <= len(text) for span in found.names)


@pytest.mark.parametrize(
    "text",
    [
        piece * (100_000 // len(piece))
        for piece in (
            *("😀", "(", "e\u0301", "a", "@", "#A", "A-", "' ", "@a.", "#", "'s", "_"),
            *("Ali ", "Mr. ", "the government ", "Diane ", "Ajmal Masroor, ", "\n"),
        )
    ],
)
def test_any_flood_is_read_to_the_end_and_no_further(text: str) -> None:
    """What takes more than linear time would not end here; no clock is asked."""
    found = find(text)
    assert all(span.end <= MAX_LENGTH for span in found.names)


def test_the_method_has_a_name_and_a_version() -> None:
    assert FINDER.method == METHOD == "targets-2"
