"""The index of the search: what it finds, that it can be kept up, and what it makes of hostile input."""

import gc
import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from search_reading import Asked, Term, answer, brute_force, call, directory, numbers
from search_site import CUT, EXAMPLE, HOSTILE, TOBIAS, by_candidacy, many

from analysis.publishing.search_index import TONES, SearchDoc, UnreadableIndex, write_index
from analysis.publishing.search_index.coding import coded, coded_rising, signed
from analysis.publishing.search_index.folding import LONGEST_WORD, cut, folds, words_of
from analysis.publishing.search_index.rows import MOST_CHARACTERS, segment_of
from analysis.publishing.search_index.segments import MOST_BYTES
from analysis.site.harmless import shown

WEEK = 7 * 86_400
TEXTS = [
    "we won",
    "we concede",
    "Tax rise, tax cut",
    "#VoteWell today",
    "votes votes",
    "選挙 勝利",
    "",
    "won we",
]
PLACES = [("harbour", "maren"), ("harbour", "tobias"), ("hill", "ida"), ("hill", "maren")]

TERMS = st.builds(
    Term,
    st.sampled_from(
        [("we",), ("won",), ("we", "won"), ("tax",), ("vote",), ("#vote",), ("選", "挙"), ("t",)]
    ),
    is_prefix=st.booleans(),
    is_not=st.booleans(),
)
ASKED = st.builds(
    Asked,
    terms=st.lists(TERMS, max_size=2).map(tuple),
    contest=st.sampled_from(["", "harbour", "hill"]),
    kind=st.sampled_from([None, "", "victory"]),
    tone=st.sampled_from(["", *TONES]),
    target=st.sampled_from(["", "Maren", "Voters"]),
    toward=st.sampled_from(["", "negative"]),
    elected=st.sampled_from([(), (True,), (None, False)]),
)


@st.composite
def archives(draw: st.DrawFn) -> dict[tuple[str, str], list[SearchDoc]]:
    """Statements of a few candidacies over a few weeks, some undated."""
    found = {}
    for contest, person in draw(st.lists(st.sampled_from(PLACES), unique=True)):
        elected = draw(st.sampled_from([True, False, None]))
        found[contest, person] = [
            replace(
                EXAMPLE,
                key=f"x:{contest}-{person}-{number}",
                at=draw(st.one_of(st.none(), st.integers(0, 3 * WEEK))),
                contest_id=contest,
                person_id=person,
                elected=elected,
                kinds=tuple(draw(st.lists(st.sampled_from(["victory", "thanks"]), max_size=2))),
                tone=draw(st.sampled_from(TONES)),
                targets=tuple(
                    draw(
                        st.lists(
                            st.tuples(st.sampled_from(["Maren", "Voters"]), st.sampled_from(TONES)),
                            max_size=2,
                        )
                    )
                ),
                text=draw(st.sampled_from(TEXTS)),
            )
            for number in range(draw(st.integers(0, 4)))
        ]
    return found


def contents(site: Path) -> dict[str, bytes]:
    """Every file of an index."""
    return {
        str(path.relative_to(site)): path.read_bytes()
        for path in sorted((site / "search").rglob("*"))
        if path.is_file()
    }


def every(archive: dict[tuple[str, str], list[SearchDoc]]) -> Iterable[SearchDoc]:
    return [doc for docs in archive.values() for doc in docs]


@pytest.mark.parametrize(("text", "tokens"), CUT)
def test_a_text_is_cut_into_folded_words(text: str, tokens: list[str]) -> None:
    assert cut(text) == tokens


def test_a_word_with_a_sign_is_found_with_and_without_it() -> None:
    assert words_of("#vote") == ("vote", "#vote")
    assert words_of("vote") == ("vote",)
    assert words_of("#") == ()
    assert words_of("@" + "w" * 200) == ("w" * LONGEST_WORD, "@" + "w" * LONGEST_WORD)


def test_each_sign_of_the_table_needs_its_line() -> None:
    assert {sign: cut(sign) for sign in folds()} == {sign: [becomes] for sign, becomes in folds().items()}
    for sign, becomes in folds().items():
        assert cut(becomes) == [becomes], sign


@given(st.text())
def test_any_text_is_cut_and_its_words_are_cut_no_further(text: str) -> None:
    for token in cut(text):
        assert " ".join(cut(token)).replace(" ", "") == token


@given(st.text(alphabet="aZé#@ _選"), st.text(alphabet="aZé#@ _選"))
def test_texts_cut_by_themselves_or_together_give_the_same_words(one: str, other: str) -> None:
    assert cut(f"{one} {other}") == cut(one) + cut(other)


@given(st.lists(st.integers(0, 2**40)))
def test_coded_numbers_are_read_back(values: list[int]) -> None:
    assert numbers(coded(values)) == values


@given(st.lists(st.integers(0, 2**20), min_size=1).map(sorted))
def test_rising_numbers_are_coded_as_steps(values: list[int]) -> None:
    steps = numbers(coded_rising(values))
    assert [sum(steps[: at + 1]) for at in range(len(steps))] == values


def test_a_number_below_0_is_refused_and_signed_ones_are_apart() -> None:
    with pytest.raises(ValueError, match="-1 is below 0"):
        coded([-1])
    assert [signed(one) for one in (None, 0, -1, 1, -2)] == [0, 1, 2, 3, 4]


@given(archive=archives(), asked=ASKED)
def test_the_index_answers_as_a_search_through_every_text_would(
    tmp_path_factory: pytest.TempPathFactory,
    archive: dict[tuple[str, str], list[SearchDoc]],
    asked: Asked,
) -> None:
    site = tmp_path_factory.mktemp("site")
    write_index(site, None, archive, ())
    assert answer(site, asked) == brute_force(every(archive), asked)
    shutil.rmtree(site)


@given(before=archives(), after=archives())
def test_an_index_kept_up_is_byte_for_byte_the_one_written_anew(
    tmp_path_factory: pytest.TempPathFactory,
    before: dict[tuple[str, str], list[SearchDoc]],
    after: dict[tuple[str, str], list[SearchDoc]],
) -> None:
    folder = tmp_path_factory.mktemp("sites")
    write_index(folder / "old", None, before, ())
    untouched = contents(folder / "old")
    changed = {key: docs for key, docs in after.items() if docs != before.get(key)}
    write_index(folder / "new", folder / "old", changed, before.keys() - after.keys())
    write_index(folder / "anew", None, after, ())
    assert contents(folder / "new") == contents(folder / "anew")
    assert contents(folder / "old") == untouched
    shutil.rmtree(folder)


def test_only_the_week_that_changed_is_written_and_the_others_are_the_same_files(tmp_path: Path) -> None:
    archive = by_candidacy(many(60))
    first = write_index(tmp_path / "old", None, archive, ())
    key = ("harbour", "maren")
    late = replace(EXAMPLE, key="x:late", text="Something new")
    tally = write_index(tmp_path / "new", tmp_path / "old", {key: [*archive[key], late]}, ())
    assert (tally.documents, tally.segments, tally.written) == (61, first.segments, 1)
    same = "search/2023-W14/docs-0.js"
    assert (tmp_path / "new" / same).stat().st_ino == (tmp_path / "old" / same).stat().st_ino
    assert answer(tmp_path / "new", Asked((Term(("something", "new")),))) == ["x:late"]


def test_an_update_leaves_no_trace_of_what_is_gone(tmp_path: Path) -> None:
    write_index(tmp_path / "old", None, by_candidacy([EXAMPLE, TOBIAS]), ())
    write_index(tmp_path / "new", tmp_path / "old", {}, [("harbour", "tobias")])
    held = b"".join(contents(tmp_path / "new").values())
    assert b"Tobias Brandt" in held  # spoken of by the other
    assert b"Civic Union" not in held
    assert b"concede" not in held


def test_an_index_of_nothing_can_be_written_and_kept_up(tmp_path: Path) -> None:
    assert write_index(tmp_path / "old", None, {}, ()).documents == 0
    assert write_index(tmp_path / "new", tmp_path / "old", by_candidacy([EXAMPLE]), ()).documents == 1
    assert directory(tmp_path / "old")["segments"] == []


def become_a_link(path: Path) -> None:
    """Stand for another file."""
    path.symlink_to(path.rename(path.with_name("elsewhere.js")))


DAMAGE: list[tuple[str, Callable[[Path], object]]] = [
    ("state.json", Path.unlink),
    ("state.json", lambda path: path.write_bytes(b"\xff{")),
    ("state.json", lambda path: path.write_bytes(b"[" * 100_000)),
    ("2023-W18/state.json", lambda path: path.write_bytes(b"{}")),
    ("2023-W18/docs-0.js", Path.unlink),
    ("2023-W18/docs-0.js", lambda path: path.write_bytes(path.read_bytes()[:-9])),
    ("2023-W18/docs-0.js", lambda path: path.write_bytes(path.read_bytes().replace(b"Thank", b"Blame"))),
    ("2023-W18/columns.js", become_a_link),
]


@pytest.mark.parametrize(("name", "damage"), DAMAGE)
def test_an_old_index_that_cannot_be_read_is_not_built_on(
    tmp_path: Path, name: str, damage: Callable[[Path], object]
) -> None:
    archive = by_candidacy([EXAMPLE, TOBIAS])
    write_index(tmp_path / "old", None, archive, ())
    damage(tmp_path / "old" / "search" / name)
    with pytest.raises(UnreadableIndex):
        write_index(tmp_path / "new", tmp_path / "old", {}, [("harbour", "tobias")])
    assert write_index(tmp_path / "new", None, archive, ()).documents == 2


@pytest.mark.parametrize("name", ["../../elsewhere", "2023-W18/../x", "/etc", ""])
def test_an_old_index_cannot_name_folders_elsewhere(tmp_path: Path, name: str) -> None:
    write_index(tmp_path / "old", None, by_candidacy([EXAMPLE]), ())
    path = tmp_path / "old" / "search" / "state.json"
    state = json.loads(path.read_bytes())
    path.write_text(json.dumps([state[0], [name]]) if isinstance(state, list) else "{}", encoding="utf-8")
    with pytest.raises(UnreadableIndex, match="no name of a segment"):
        write_index(tmp_path / "new", tmp_path / "old", {}, ())


def test_an_index_made_by_other_rules_is_not_built_on(tmp_path: Path) -> None:
    write_index(tmp_path / "old", None, by_candidacy([EXAMPLE]), ())
    path = tmp_path / "old" / "search" / "state.json"
    path.write_bytes(path.read_bytes().replace(b"1-", b"0-", 1))
    with pytest.raises(UnreadableIndex, match="made by other rules"):
        write_index(tmp_path / "new", tmp_path / "old", {}, ())


def test_hostile_texts_are_kept_as_they_may_be_shown(tmp_path: Path) -> None:
    docs = [replace(EXAMPLE, key=f"x:{number}", text=text) for number, text in enumerate(HOSTILE)]
    write_index(tmp_path, None, by_candidacy(docs), ())
    rows = {row[0]: row for row in call(tmp_path / "search" / "2023-W18" / "docs-0.js")[0]}
    for doc in docs:
        assert rows[doc.key][-1] == shown(doc.text).encode("utf-8", "replace").decode()
    held = (tmp_path / "search" / "2023-W18" / "docs-0.js").read_text(encoding="utf-8")
    assert not {"\u2028", "\u2029", "\x00", "\u202e"} & set(held)
    assert answer(tmp_path, Asked((Term(("__proto__",)),))) == []
    assert answer(tmp_path, Asked((Term(("proto", "constructor")),))) == ["x:9"]


def test_names_are_made_fit_to_be_shown(tmp_path: Path) -> None:
    doc = replace(
        EXAMPLE, author="Ma\u202eren\ud800", targets=(("To\x00bias", "neutral"),), contest="Har\u2066bour"
    )
    write_index(tmp_path, None, by_candidacy([doc]), ())
    listed = directory(tmp_path)
    assert listed["candidates"][0][1] == "Maren?"
    assert listed["targets"] == [["Tobias", 1]]
    assert listed["contests"][0][3] == "Harbour"


def test_the_rest_of_an_endless_text_is_left_out_and_counted(tmp_path: Path) -> None:
    long = replace(EXAMPLE, text="word " * MOST_CHARACTERS + "end")
    tally = write_index(tmp_path, None, by_candidacy([long, replace(EXAMPLE, key="x:short")]), ())
    assert tally.cut == 1
    assert answer(tmp_path, Asked((Term(("end",)),))) == []


def test_files_of_documents_and_words_stay_small(tmp_path: Path) -> None:
    docs = [
        replace(EXAMPLE, key=f"x:{number}", text=" ".join(f"w{number}-{other}" for other in range(60)))
        for number in range(3_000)
    ]
    write_index(tmp_path, None, by_candidacy(docs), ())
    sizes = {path.name: path.stat().st_size for path in (tmp_path / "search" / "2023-W18").glob("*-*.js")}
    assert len(sizes) > 10
    assert max(sizes.values()) < MOST_BYTES + 1_000
    assert answer(tmp_path, Asked((Term(("w2999", "59")),))) == ["x:2999"]


def test_the_directory_counts_every_option(tmp_path: Path) -> None:
    undated = replace(TOBIAS, key="x:3", at=None, kinds=(), targets=())
    write_index(tmp_path, None, by_candidacy([EXAMPLE, TOBIAS, undated]), ())
    listed = directory(tmp_path)
    assert [(one[0], one[2]) for one in listed["segments"]] == [("2023-W18", 2), ("undated", 1)]
    assert listed["kinds"] == [["", 1], ["concession", 1], ["thanks", 1], ["victory", 1]]
    assert dict(listed["outcomes"]) == {"elected": 1, "not_elected": 2, "no_result": 0}
    assert listed["parties"] == [["Civic Union", 2], ["Orchard Alliance", 1]]
    assert listed["contests"] == [["westhaven", "Westhaven council 2023", "harbour", "Harbour ward", 3]]


def test_weeks_begin_on_monday_in_utc_and_belong_to_the_year_of_their_thursday() -> None:
    assert [segment_of(at) for at in (None, 0, -3 * 86_400, -3 * 86_400 - 1, 1_720_051_200)] == [
        "undated",
        "1970-W01",
        "1970-W01",
        "1969-W52",
        "2024-W27",
    ]


def test_a_tone_that_is_none_and_a_statement_of_somebody_else_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'angry' is no tone"):
        write_index(tmp_path, None, by_candidacy([replace(EXAMPLE, tone="angry")]), ())
    with pytest.raises(ValueError, match="'angry' is no tone"):
        write_index(tmp_path, None, by_candidacy([replace(EXAMPLE, targets=(("Tobias", "angry"),))]), ())
    with pytest.raises(ValueError, match="not its own"):
        write_index(tmp_path, None, {("hill", "ida"): [EXAMPLE]}, ())
    assert gc.isenabled()  # it was off for the work, which failed
