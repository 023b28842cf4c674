"""The tables of facts: a swap of names changes no sentiment, and users lay their own tables over them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from analysis.contract import Question, Roster, Span, StatementText, TargetType
from analysis.sentiment import SCORERS, scorer_for
from analysis.targets import METHOD, Found, GazetteerError, TargetFinder, gazetteer_with
from analysis.targets.facts import Named, Tenure
from analysis.targets.gazetteer import built_in
from analysis.text import normalise

FACTS = built_in()
FINDER = TargetFinder(Roster())

WHOLE_TEXT = {"vader": "the plain baseline hides no names: 'Hope' and 'Justice Party' score by themselves"}
DOWNLOADED = {"transformers": "needs a model that the user names"}
SWAPPED = sorted(SCORERS.keys() - WHOLE_TEXT.keys() - DOWNLOADED.keys())
"""Methods whose labels must not depend on who is named."""

SENTENCES = (
    "Everybody knows that {} promised new hospitals and lied to us.",
    "We are so proud that {} won this great victory for our town.",
    "Last week {} said that the new timetable begins on Monday.",
    "It is a disgrace how badly {} voted against help for carers, but the weather was lovely.",
    "Nobody claims that {} promised anything good.",
)


@dataclass(frozen=True)
class Swap:
    """One text with a name in it, as the finder reads it."""

    name: str
    text: str
    span: Span
    found: Found


def swaps_of_parties(sentence: str) -> Iterator[Swap]:
    """The sentence with every name of every party in the tables, on a day and in the country of that name."""
    for named in FACTS.parties:
        yield _swap(sentence, named.name, _on(named), FACTS.country_names.get(named.alias.country, ""))


def swaps_of_holders(sentence: str) -> Iterator[Swap]:
    """The sentence with everybody who held an office, on the first day in that office."""
    for tenure in FACTS.tenures:
        country = FACTS.country_names.get(tenure.country, "")
        yield _swap(sentence, tenure.name, tenure.begins + timedelta(hours=12), country)


def _on(named: Named) -> datetime:
    day = named.alias.valid_from or named.alias.valid_to
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC) if day else datetime(2024, 6, 1, tzinfo=UTC)


def _swap(sentence: str, name: str, on: datetime, country: str) -> Swap:
    text = sentence.format(name)
    start = sentence.index("{}")
    statement = StatementText(id="swap", text=text, posted_at=on, author_is=country)
    found = FINDER.find(statement, normalise(text))
    return Swap(name, text, Span(start, start + len(name)), found)


@cache
def swaps(sentence: str) -> tuple[Swap, ...]:
    return (*swaps_of_parties(sentence), *swaps_of_holders(sentence))


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_name_of_the_tables_is_recognised_where_it_stands(sentence: str) -> None:
    missed = [
        swap.name
        for swap in swaps(sentence)
        if not any((t.start, t.end) == swap.span for t in swap.found.targets)
        or not any(a <= swap.span.start and swap.span.end <= b for a, b in swap.found.names)
    ]
    assert missed == []


@pytest.mark.parametrize("method", SWAPPED)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_swapping_parties_or_persons_changes_no_sentiment(method: str, sentence: str) -> None:
    all_swaps = swaps(sentence)
    questions = [
        Question(normalise(swap.text), span=span, names=swap.found.names)
        for swap in all_swaps
        for span in (swap.span, None)
    ]
    answers = [(answer.label, round(answer.score, 9)) for answer in scorer_for(method).score(questions)]
    read = list(zip(answers[::2], answers[1::2], strict=True))
    others = [(swap.name, answer) for swap, answer in zip(all_swaps, read, strict=True) if answer != read[0]]
    assert others == [], f"{all_swaps[0].name}: {read[0]}"


def test_every_method_is_either_held_to_it_or_left_out_for_a_reason() -> None:
    assert set(SCORERS) <= set(SWAPPED) | WHOLE_TEXT.keys() | DOWNLOADED.keys()
    assert "vader-target" in SWAPPED


# ---- what is true of the tables ----


def test_what_a_party_is_called_is_recognised_only_on_its_days() -> None:
    def who(name: str, on: str) -> list[str]:
        statement = StatementText(
            id="a", text=f"I met the {name} team.", posted_at=datetime.fromisoformat(on), author_is="UK"
        )
        found = FINDER.find(statement, normalise(statement.text)).targets
        return [target.who for target in found if target.type is TargetType.PARTY]

    assert who("Brexit Party", "2019-05-23T12:00+00:00") == ["Reform UK"]
    assert who("Brexit Party", "2021-02-01T12:00+00:00") == []


@pytest.mark.parametrize(
    ("country", "text", "who"),
    [
        ("Ireland", "Labour and the Green Party", ["Labour Party (Ireland)", "Green Party (Ireland)"]),
        ("New Zealand", "the Green Party", ["Green Party of Aotearoa New Zealand"]),
        ("Canada", "Tories, the Green Party", ["Conservative Party of Canada", "Green Party of Canada"]),
        ("Australia", "the Greens and Labor", ["Australian Greens", "Labor"]),
        ("UK", "the Tories and the Green Party", ["Conservatives", "Green Party"]),
        ("Germany", "the CDU and the AfD", ["CDU", "AfD"]),
        ("South Africa", "the ANC beat the Democratic Alliance", ["ANC", "Democratic Alliance"]),
        ("UK", "the ANC, the CDU, PRI", []),
        ("US", "the EFF helps", []),
    ],
)  # fmt: skip
def test_a_name_that_parties_of_several_countries_bear_is_the_one_at_home(
    country: str, text: str, who: list[str]
) -> None:
    statement = StatementText(
        id="c", text=text, author_is=country, posted_at=datetime(2024, 6, 1, tzinfo=UTC)
    )
    found = FINDER.find(statement, normalise(text)).targets
    assert [target.who for target in found if target.type is TargetType.PARTY] == who


@pytest.mark.parametrize(
    ("country", "text", "on", "who"),
    [
        ("Ireland", "The Taoiseach spoke.", "2024-04-08", "Leo Varadkar"),
        ("Ireland", "The Taoiseach spoke.", "2024-04-09", "Simon Harris"),
        ("Germany", "The Chancellor spoke.", "2021-12-07", "Angela Merkel"),
        ("Germany", "The Chancellor spoke.", "2021-12-08", "Olaf Scholz"),
        ("UK", "The Chancellor spoke.", "2021-12-08", "Rishi Sunak"),
        ("Ghana", "The President spoke.", "2025-01-06", "Nana Akufo-Addo"),
        ("Ghana", "The President spoke.", "2025-01-07", "John Mahama"),
        ("New Zealand", "The Labour leader spoke.", "2023-02-01", "Chris Hipkins"),
        ("UK", "The Labour leader spoke.", "2023-02-01", "Keir Starmer"),
        ("UK", "The Leader of the Opposition spoke.", "2024-07-06", "Rishi Sunak"),
    ],
)
def test_an_office_is_its_countrys_on_that_day(country: str, text: str, on: str, who: str) -> None:
    statement = StatementText(
        id="o", text=text, author_is=country, posted_at=datetime.fromisoformat(f"{on}T12:00+00:00")
    )
    (target,) = FINDER.find(statement, normalise(text)).targets
    assert target.who == who


def test_a_surname_alone_is_an_office_holders_only_in_the_country() -> None:
    def who(country: str, text: str = "I met Martin.") -> list[str]:
        statement = StatementText(
            id="s", text=text, author_is=country, posted_at=datetime(2024, 6, 1, tzinfo=UTC)
        )
        return [t.who for t in FINDER.find(statement, normalise(statement.text)).targets]

    assert who("Ireland") == ["Micheál Martin"]
    assert who("") == who("US") == []
    assert who("Ireland", "Ask Mr Harris.") == ["Simon Harris"]
    assert who("", "Ask Macron.") == ["Emmanuel Macron"]


def test_particles_belong_to_a_surname() -> None:
    statement = StatementText(
        id="v", text="I met Mrs von der Leyen.", author_is="European Parliament",
        posted_at=datetime(2024, 6, 1, tzinfo=UTC),
    )  # fmt: skip
    (target,) = FINDER.find(statement, normalise(statement.text)).targets
    assert target.who == "Ursula von der Leyen"


# ---- tables that a user adds ----

PARTIES = "who,country,alias,rule,valid_from,valid_to,source\n"
OFFICES = "office,country,name,party,valid_from,valid_to,source\n"


def folder_with(tmp_path: Path, **tables: str) -> Path:
    folder = tmp_path / "own"
    folder.mkdir(exist_ok=True)
    for name, content in tables.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    return folder


def who_in(text: str, finder: TargetFinder, *, on: str = "2024-06-01", country: str = "UK") -> list[str]:
    statement = StatementText(
        id="u", text=text, author_is=country, posted_at=datetime.fromisoformat(f"{on}T12:00+00:00")
    )
    return [target.who for target in finder.find(statement, normalise(text)).targets]


def test_the_example_of_the_docs_works(tmp_path: Path) -> None:
    docs = (Path(__file__).parent.parent / "docs" / "targets.md").read_text(encoding="utf-8")
    folder = tmp_path / "sarn"
    folder.mkdir()
    for block in docs.split("```csv\n")[1:]:
        content = block.partition("```")[0]
        name = content.partition("\n")[0].removeprefix("# ")
        (folder / name).write_text(content, encoding="utf-8")
    assert sorted(path.name for path in folder.iterdir()) == [
        "countries.csv", "handles.csv", "office_titles.csv", "offices.csv", "parties.csv",
    ]  # fmt: skip
    finder = TargetFinder(Roster(), gazetteer_with([folder]))
    text = "The First Reeve met Harbour, Kindlewick and @harbour_sarn."
    assert who_in(text, finder, country="Sarn") == [
        "Edda Kindlewick", "Harbour Party", "Edda Kindlewick", "Harbour Party",
    ]  # fmt: skip
    assert who_in(text, FINDER, country="Sarn") == ["@harbour_sarn"]


def test_an_added_table_lies_over_the_built_in_ones(tmp_path: Path) -> None:
    folder = folder_with(
        tmp_path,
        offices=OFFICES + "leader of Labour,UK,Keir Starmer,Labour,2020-04-04,2030-01-01,own\n"
        "leader of Labour,UK,Ann Other,Labour,2030-01-01,,own\n",
        parties=PARTIES + "The Reds,UK,Labour,capital,,,own\n",
    )
    finder = TargetFinder(Roster(), gazetteer_with([folder]))
    assert who_in("The leader of the Labour Party spoke.", finder) == ["Keir Starmer"]
    assert who_in("The leader of the Labour Party spoke.", finder, on="2030-01-01") == ["Ann Other"]
    assert who_in("Only Labour can win", finder) == ["The Reds"]
    assert who_in("the Labour Party and the Tories", finder) == ["Labour", "Conservatives"]


def test_a_later_folder_lies_over_an_earlier_one(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for folder, who in ((first, "First"), (second, "Second")):
        folder.mkdir()
        (folder / "parties.csv").write_text(PARTIES + f"{who},UK,Zorblatt,any,,,own\n", encoding="utf-8")
    assert who_in("I like Zorblatt", TargetFinder(Roster(), gazetteer_with([first, second]))) == ["Second"]
    assert who_in("I like Zorblatt", TargetFinder(Roster(), gazetteer_with([second, first]))) == ["First"]


def test_what_was_added_stands_in_the_methods_name(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, parties=PARTIES + "Zed,UK,Zed Party,any,,,own\n")
    method = TargetFinder(Roster(), gazetteer_with([folder])).method
    assert method.startswith(f"{METHOD}+gaz.")
    assert len(method) == len(f"{METHOD}+gaz.") + 6
    assert TargetFinder(Roster(), gazetteer_with([folder])).method == method
    (folder / "parties.csv").write_text(PARTIES + "Zed,UK,Zed Party,any,,,mine\n", encoding="utf-8")
    assert TargetFinder(Roster(), gazetteer_with([folder])).method != method
    assert TargetFinder(Roster(), gazetteer_with([])).method == METHOD


@pytest.mark.parametrize(
    ("table", "content", "message"),
    [
        ("parties", PARTIES + "Zed,UK,,any,,,own\n", "parties.csv:2: column alias: is empty"),
        ("parties", PARTIES + "Zed,UK,Zed,loud,,,own\n", "parties.csv:2: column rule: 'loud' is none of any"),
        ("parties", PARTIES + "Zed,UK,Zed,any,4 July,,own\n", "parties.csv:2: column valid_from: '4 July'"),
        (
            "parties",
            PARTIES + "Zed,UK,Zed,any,2024-02-01,2024-01-01,own\n",
            "parties.csv:2: column valid_to: 2024-01-01 is before 2024-02-01",
        ),
        ("parties", PARTIES + "Zed,UK,Zed,any,,,\n", "parties.csv:2: column source: is empty"),
        ("parties", PARTIES + "Zed,UK,Zed\n", "parties.csv:2: wants 7 cells, has 3"),
        ("parties", "who,alias\nZed,Zed\n", "parties.csv: the header must be who,country,alias,rule"),
        ("offices", OFFICES + "reeve,XX,Jo Bloggs,,,,own\n", "offices.csv:2: column valid_from: is empty"),
        (
            "offices",
            OFFICES + "reeve,XX,Jo Bloggs,Nobodies,2024-01-01,,own\n",
            "offices.csv:2: column party: parties.csv has no party 'Nobodies'",
        ),
        (
            "offices",
            OFFICES + "leader of Nobodies,XX,Jo Bloggs,,2024-01-01,,own\n",
            "offices.csv:2: column office: parties.csv has no party 'Nobodies'",
        ),
        (
            "office_titles",
            "title,country,office,rule,source\nthe reeve,XX,reeve,any,own\n",
            "office_titles.csv:2: column office: offices.csv has nobody in 'reeve'",
        ),
        (
            "actors",
            "mention,who,type,country,rule,source\nzed,Zed,band,,any,own\n",
            "actors.csv:2: column type: 'band' is none of person",
        ),
        ("partys", PARTIES, "partys.csv: no table of this name; known: parties.csv"),
    ],
)
def test_a_wrong_table_names_its_file_row_and_column(
    tmp_path: Path, table: str, content: str, message: str
) -> None:
    with pytest.raises(GazetteerError) as caught:
        gazetteer_with([folder_with(tmp_path, **{table: content})])
    assert str(caught.value).startswith(message)


def test_a_folder_without_tables_or_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GazetteerError, match="no folder"):
        gazetteer_with([tmp_path / "missing"])
    with pytest.raises(GazetteerError, match=r"holds none of parties\.csv"):
        gazetteer_with([tmp_path])
    (tmp_path / "parties.csv").write_bytes(b"who\xff")
    with pytest.raises(GazetteerError, match=r"parties\.csv: not UTF-8 at byte 3"):
        gazetteer_with([tmp_path])


def test_a_tenure_is_held_from_its_first_moment_to_its_last() -> None:
    begins, ends = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC)
    tenure = Tenure("reeve", "XX", "Jo Bloggs", "", begins, ends)
    assert tenure.holds(begins)
    assert not tenure.holds(ends)
    assert not tenure.holds(None)
    assert Tenure("reeve", "XX", "Jo Bloggs", "", begins, None).holds(None)


def polls_of(author_is: str, on: str) -> str | None:
    posted_at = datetime.fromisoformat(on).replace(tzinfo=UTC)
    statement = StatementText(id="s", text="", author_is=author_is, posted_at=posted_at)
    polls = FINDER.complete(statement).polls
    return polls.isoformat() if polls else None


@pytest.mark.parametrize(
    ("author_is", "on", "polls"),
    [
        ("Democratic candidate for US Senate", "2018-11-07", "2018-11-06"),
        ("Democratic candidate for US Senate", "2018-11-06", "2018-11-06"),
        ("Democratic candidate for US Senate", "2018-10-01", "2018-11-06"),
        ("Democratic candidate for US Senate", "2018-11-28", None),
        ("Democratic candidate for US Senate", "2018-03-01", None),
        ("Republican governor of Kentucky, candidate 2019", "2019-11-06", "2019-11-05"),
        ("candidate in New Mexico", "2018-11-07", "2018-11-06"),
        ("Labour candidate, UK", "2017-06-20", "2017-06-08"),
        ("Labour candidate", "2017-06-20", None),
    ],
)
def test_a_statement_without_its_polling_day_gets_its_countrys_if_one_is_near(
    author_is: str, on: str, polls: str | None
) -> None:
    assert polls_of(author_is, on) == polls


def test_a_polling_day_that_is_given_stays() -> None:
    given = StatementText(
        id="s",
        text="",
        author_is="US Senate",
        posted_at=datetime(2018, 11, 7, tzinfo=UTC),
        polls=date(2017, 12, 12),
    )
    assert FINDER.complete(given) == given


def test_americans_vote_on_the_tuesday_after_a_monday_of_november() -> None:
    tuesday, first = 1, 2
    for year in range(2000, 2031):
        day = FACTS.polling_day_near("US", date(year, 10, 20))
        assert day is not None
        assert (day.weekday(), day.month) == (tuesday, 11)
        assert first <= day.day < first + 7
