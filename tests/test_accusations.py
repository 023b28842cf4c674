"""Who accuses whom: rows, groups, the network and its files, the command."""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import example_archive as example
import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, select
from typer.testing import CliRunner, Result

import hustings
from analysis.reports.accusations.elections import ElectionAccusations, find_accusations
from analysis.reports.accusations.graphs import clean, identifier, render_gexf, render_graphml, token
from analysis.reports.accusations.network import Network
from analysis.reports.accusations.rows import AccusationRow, EdgeRow, NodeRow
from analysis.reports.accusations.screen import accusation_table, summary_lines
from analysis.reports.errors import BadInGroup
from db import models, open_database, writing
from db.screens import fitted

MADE = date(2023, 8, 1)
HOSTILE_NAME = 'Or\x00chard\x1b "All&iance" <x>\u202e\u200fא\u2028\ufffe =1+1'

Targets = list[tuple[str, str, str, float | None]]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The example, with more accusations: inside a party, between and after, of nobody, of a hostile name."""
    engine = open_database(str(tmp_path_factory.mktemp("accusations") / "archive.db"), create=True)
    example.fill(engine)
    with writing(engine) as session:
        maren = ("Maren Hollis", "Maren Hollis", "full_name", -0.6)
        pell = ("Pell Adair", "Pell Adair", "full_name", -0.5)
        both = accuse(session, "2001", "tobias", "Maren Hollis and Pell Adair failed us.", -60, [maren, pell])
        add_kind(session, both, ["integrity"])
        accuse(session, "2002", "tobias", "Maren Hollis deceived everybody.", 45, [maren])
        accuse(session, "2003", "tobias", "They lied to us all.", 50, [])
        accuse(
            session,
            "2004",
            "ines",
            "Odd Name broke the law.",
            55,
            [("Odd Name", HOSTILE_NAME, "shape", -0.9)],
        )
        accuse(session, "2005", "maren", "We failed.", 60, [("We", "own side", "own_side", None)])
        accuse(session, "2006", "maren", "Maren Hollis lied.", 61, [maren], repost_of="77")
    yield engine
    engine.dispose()


def accuse(
    session: Session,
    post: str,
    person: str,
    text: str,
    minutes: int,
    targets: Targets,
    *,
    repost_of: str | None = None,
) -> int:
    """A statement that accuses all its targets; returns the number of its reading."""
    made = example.after(minutes)
    statement = example.add_statement(session, post, person, text, made, repost_of=repost_of)
    return example.add_reading(session, statement, targets, kinds=("accusation",))


def add_kind(session: Session, reading: int, types: list[str]) -> None:
    """A second accusation of the same targets in the same statement."""
    row = models.Kind(
        reading_id=reading,
        kind="accusation",
        method="kinds-1",
        start_at=0,
        end_at=5,
        confidence=0.8,
        types=types,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    targets = session.exec(select(models.Target.id).where(models.Target.reading_id == reading)).all()
    session.add_all(models.KindTarget(kind_id=row.id, target_id=one) for one in targets if one)


def found(archive: Engine, *in_groups: str, contest: str | None = None) -> ElectionAccusations:
    with Session(archive) as session:
        [one] = find_accusations(
            session, election=example.ELECTION, contest=contest, in_groups=in_groups or ["party"]
        )
    return one


def row_of(rows: Sequence[AccusationRow], author: str, target: str | None, phase: str) -> AccusationRow:
    [row] = [one for one in rows if (one.author, one.target, one.phase) == (author, target, phase)]
    return row


# ---- rows -----------------------------------------------------------------------------------------


def test_a_statement_counts_once_a_target_whatever_it_says_how_often(archive: Engine) -> None:
    row = row_of(found(archive).rows, "Tobias Quill", "Pell Adair", "between")
    assert (row.statements, row.policy, row.blame, row.integrity, row.incivility) == (1, 1, 1, 1, 1)
    assert (row.scored, row.sum_sentiment, row.mean_sentiment) == (1, -0.5, None)
    assert (row.listed, row.methods) == (("x:2001",), ("kinds-1",))


def test_before_and_after_the_result_are_rows_of_their_own(archive: Engine) -> None:
    rows = [
        one for one in found(archive).rows if (one.author, one.target) == ("Tobias Quill", "Maren Hollis")
    ]
    assert sorted((row.phase, row.statements) for row in rows) == [
        ("after_declaration", 1),
        ("before_polls_close", 1),
        ("between", 1),
    ]


def test_who_accuses_and_names_nobody_is_counted_and_linked_to_nobody(archive: Engine) -> None:
    answer = found(archive)
    row = row_of(answer.rows, "Tobias Quill", None, "after_declaration")
    assert (row.statements, row.target_id, row.side) == (1, None, "ungrouped")
    assert answer.tally.without_target == 2  # x:2003, and x:2005, which accuses the author's own side
    assert answer.network.left_out == 2


def test_a_name_that_several_candidates_bear_is_added_to_none_of_them(archive: Engine) -> None:
    answer = found(archive)
    row = row_of(answer.rows, "Tobias Quill", "Hollis", "before_polls_close")
    assert (row.ambiguous, row.target_id, row.side) == (True, "ambiguous:hollis", "ungrouped")
    [node] = [one for one in answer.network.nodes if one.id == "ambiguous:hollis"]
    assert (node.outcome, node.accused) == ("several candidates fit the name", 1)


def test_the_words_of_others_accuse_nobody(archive: Engine) -> None:
    assert not [row for row in found(archive).rows if "x:2006" in row.listed]


def test_a_mean_needs_ten_statements_and_says_how_many_there_are(engine: Engine) -> None:
    example.fill(engine)
    maren = ("Maren Hollis", "Maren Hollis", "full_name", -0.5)
    with writing(engine) as session:
        for number in range(10):
            accuse(session, f"30{number}", "ines", "Maren Hollis failed.", number, [maren])
            if number < 9:
                accuse(session, f"31{number}", "cy", "Maren Hollis failed.", number, [maren])
    rows = found(engine).rows
    assert row_of(rows, "Ines Farrow", "Maren Hollis", "after_declaration").mean_sentiment == -0.5
    nine = row_of(rows, "Cy Wend", "Maren Hollis", "unknown")
    assert (nine.statements, nine.scored, nine.mean_sentiment) == (9, 9, None)


def test_the_tally_adds_up_to_the_rows(archive: Engine) -> None:
    answer = found(archive)
    assert answer.tally.accusations == sum(row.statements for row in answer.rows) == 8
    assert sum(count for _, count in answer.tally.by_phase) == 8
    assert [sum(count for _, count in sides) for _, sides in answer.tally.sides] == [8]


# ---- groups ---------------------------------------------------------------------------------------


def test_the_party_is_the_group_and_independents_have_none(archive: Engine) -> None:
    rows = found(archive).rows
    assert row_of(rows, "Tobias Quill", "Pell Adair", "between").side == "inside"
    assert row_of(rows, "Tobias Quill", "Maren Hollis", "between").side == "outside"
    assert {row.side for row in rows if row.author == "Ines Farrow"} == {"ungrouped"}


@pytest.mark.parametrize("named", ["x:hp", "hp", "Harbour Party"])
def test_blocs_join_parties_by_id_short_form_or_name(archive: Engine, tmp_path: Path, named: str) -> None:
    file = tmp_path / "blocs.csv"
    file.write_text(f"bloc,party\ncoalition,{named}\ncoalition,x:oa\n", encoding="utf-8-sig")
    answer = found(archive, str(file), "party", "none")
    assert row_of(answer.rows, "Tobias Quill", "Maren Hollis", "between").side == "inside"
    assert {edge.side for edge in answer.network.edges if edge.target == "p:maren"} == {"inside"}
    assert [name for name, _ in answer.tally.sides] == ["blocs", "party", "none"]
    counts = {name: dict(sides) for name, sides in answer.tally.sides}
    assert counts["blocs"] == {"inside": 4, "outside": 0, "ungrouped": 4}
    assert counts["party"] == {"inside": 1, "outside": 3, "ungrouped": 4}
    assert counts["none"] == {"inside": 0, "outside": 0, "ungrouped": 8}


def test_a_party_that_a_file_does_not_name_is_a_bloc_of_its_own(archive: Engine, tmp_path: Path) -> None:
    file = tmp_path / "left.csv"
    file.write_text("party,bloc\nHP,left\n")
    assert row_of(found(archive, str(file)).rows, "Tobias Quill", "Pell Adair", "between").side == "inside"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("party,bloc\nHP,a\nGreens,b\n", "unknown parties: 'Greens' (row 3); known: x:hp (HP), x:oa (OA)"),
        ("party,bloc\nHP,a\nx:hp,b\n", "row 3: 'x:hp' is in two blocs, 'a' and 'b'"),
        ("party,bloc\nHP\n", "row 2: give a party and its bloc"),
        ("name,bloc\nHP,a\n", "row 1: the columns are party,bloc, not name,bloc"),
        ("", "row 1: the columns are party,bloc, not nothing"),
        ('party,bloc\n"HP,a\n', "is no CSV file in UTF-8"),
    ],
)
def test_a_file_of_blocs_that_is_wrong_is_refused_with_its_row(
    archive: Engine, tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "blocs.csv"
    file.write_text(text)
    with pytest.raises(BadInGroup) as refusal:
        found(archive, str(file))
    assert said in str(refusal.value)


def test_who_stands_twice_is_in_no_group_and_a_statement_is_one_edge_but_a_row_a_contest(
    engine: Engine,
) -> None:
    example.fill(engine)
    with writing(engine) as session:
        session.add(
            models.Candidacy(contest_id=example.HILL, person_id="p:maren", party_id="x:oa", elected=False)
        )
        tobias = ("Tobias Quill", "Tobias Quill", "full_name", -0.6)
        accuse(session, "2001", "maren", "Tobias Quill failed us.", 5, [tobias])
    answer = found(engine)
    assert sorted(row.contest_id for row in answer.rows if row.author_id == "p:maren") == [
        example.HARBOUR,
        example.HILL,
    ]
    [edge] = [edge for edge in answer.network.edges if edge.source == "p:maren"]
    assert (edge.weight, edge.side) == (1, "ungrouped")
    [node] = [node for node in answer.network.nodes if node.id == "p:maren"]
    assert (node.outcome, node.margin_votes, node.party_id) == (
        "elected in one contest, not in another",
        None,
        "x:hp; x:oa",
    )


# ---- the network ----------------------------------------------------------------------------------


def test_an_edge_counts_statements_and_says_in_which_phase(archive: Engine) -> None:
    [edge] = [
        one for one in found(archive).network.edges if (one.source, one.target) == ("p:tobias", "p:maren")
    ]
    assert (edge.weight, edge.before_polls_close, edge.between, edge.after_declaration) == (3, 1, 1, 1)
    assert (edge.policy, edge.integrity, edge.side) == (3, 1, "outside")
    assert edge.sum_sentiment == pytest.approx(-0.65 - 0.6 - 0.6)


def test_nodes_say_party_and_outcome_and_never_an_outcome_that_is_not_known(archive: Engine) -> None:
    nodes = {node.label: node for node in found(archive).network.nodes}
    tobias, maren = nodes["Tobias Quill"], nodes["Maren Hollis"]
    assert (tobias.party_id, tobias.outcome, tobias.margin_votes, tobias.bloc) == (
        "x:oa",
        "not elected",
        -300,
        "x:oa",
    )
    assert (maren.outcome, maren.margin_votes, maren.accused, maren.accuses) == ("elected", 300, 3, 0)
    assert nodes["Pell Adair"].outcome == "no result"
    [hostile] = [node for name, node in nodes.items() if name.endswith("=1+1")]
    assert hostile.outcome == ""  # a party is no candidate


def test_targets_from_other_contests_are_known_where_one_contest_is_asked_for(archive: Engine) -> None:
    assert found(archive, contest=example.HARBOUR).network == found(archive).network


def attributes(graph: "networkx.Graph[Any]") -> set[tuple[str, ...]]:
    return {(one, graph.nodes[one]["label"], graph.nodes[one]["outcome"]) for one in graph}


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_a_written_network_is_read_back_the_same(archive: Engine, form: str) -> None:
    network = found(archive).network
    render = render_graphml if form == "graphml" else render_gexf
    read = networkx.read_graphml if form == "graphml" else networkx.read_gexf
    written = token if form == "graphml" else identifier
    graph = read(io.BytesIO(render(network, made=MADE).encode()))
    assert graph.is_directed()
    assert attributes(graph) == {
        (written(node.id), clean(node.label), node.outcome) for node in network.nodes
    }
    assert {(source, target): data["weight"] for source, target, data in graph.edges(data=True)} == {
        (written(edge.source), written(edge.target)): edge.weight for edge in network.edges
    }
    assert "mean_sentiment" not in next(iter(graph.edges(data=True)))[2]  # under ten statements: not 0


@given(st.lists(st.text(max_size=300), min_size=2, max_size=5, unique=True))
def test_any_name_gives_valid_xml_in_which_different_ids_stay_different(names: list[str]) -> None:
    nodes = tuple(
        NodeRow(name, name, "person", name, name, None, "no result", None, (name,), 0, 0) for name in names
    )
    edge = EdgeRow(names[0], names[1], 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, None, None, "outside")
    network = Network(nodes, (edge,), 0)
    for render in (render_graphml, render_gexf):
        tree = ElementTree.fromstring(render(network, made=MADE).encode())
        drawn = [one for one in tree.iter() if one.tag.endswith("}node")]
        assert len({one.get("id") for one in drawn}) == len(names)
        if render is render_graphml:
            assert all(re.fullmatch(r"[\w.:-]+", one.get("id") or "", re.ASCII) for one in drawn)
        assert all(len(one.get("label") or "") <= 200 for one in drawn)


def test_what_xml_cannot_hold_is_left_out_and_lines_keep_their_order() -> None:
    assert clean(HOSTILE_NAME) == 'Orchard "All&iance" <x>\u200fא =1+1'


def test_a_network_file_names_no_day_but_the_one_that_it_is_given(archive: Engine) -> None:
    assert 'lastmodifieddate="2023-08-01"' in render_gexf(found(archive).network, made=MADE)


# ---- the command ----------------------------------------------------------------------------------


def run(archive: Engine, *words: str) -> Result:
    path = archive.url.database
    assert path is not None
    return CliRunner().invoke(hustings.app, ["--db", path, "accusations", *words], catch_exceptions=False)


def test_without_a_file_the_most_frequent_stand_first_with_a_summary(archive: Engine) -> None:
    shown = run(archive, "--election", example.ELECTION)
    assert shown.exit_code == 0
    lines = shown.stdout.splitlines()
    assert lines[0] == f"Westhaven council 2023 ({example.ELECTION})"
    assert "8 accusations in 6 statements (0 reviewed by a person)" in shown.stdout
    assert "in-group party: 1 inside, 3 outside, 4 where author or target has no group" in shown.stdout
    assert "\x1b" not in shown.stdout
    assert "\u202e" not in shown.stdout


def test_the_table_fits_a_narrow_terminal_and_keeps_who_whom_and_how_many(archive: Engine) -> None:
    text = fitted(accusation_table(found(archive)), width=80)
    assert max(map(len, text.splitlines())) <= 80
    header = text.splitlines()[0]
    assert all(word in header for word in ("author", "accuses", "when", "statements", "of what"))


def test_an_archive_without_accusations_says_none_was_found(engine: Engine) -> None:
    example.fill(engine)
    with writing(engine) as session:
        session.exec(models.KindTarget.__table__.delete())  # type: ignore[attr-defined]
        session.exec(models.Kind.__table__.delete())  # type: ignore[attr-defined]
    assert next(iter(summary_lines(found(engine)))).startswith("0 accusations in 0 statements")


def test_a_folder_gets_csv_files_that_no_spreadsheet_runs(archive: Engine, tmp_path: Path) -> None:
    out = tmp_path / "new" / "net"
    assert run(archive, str(out), "--election", example.ELECTION).exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == ["accusations.csv", "edges.csv", "nodes.csv"]
    nodes = list(csv.DictReader(io.StringIO((out / "nodes.csv").read_text(encoding="utf-8"))))
    edges = list(csv.DictReader(io.StringIO((out / "edges.csv").read_text(encoding="utf-8"))))
    assert {edge["source"] for edge in edges} | {edge["target"] for edge in edges} <= {
        node["id"] for node in nodes
    }
    assert not [cell for row in nodes + edges for cell in row.values() if cell.startswith(("=", "@", "+"))]


@pytest.mark.parametrize("form", ["graphml", "gexf", "json"])
def test_the_ending_of_a_file_names_its_format(archive: Engine, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"net.{form.upper()}"
    assert run(archive, str(out), "--election", example.ELECTION).exit_code == 0
    text = out.read_text(encoding="utf-8")
    assert text.startswith("[") if form == "json" else ElementTree.fromstring(text.encode()) is not None
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_json_goes_to_the_screen_with_everything(archive: Engine) -> None:
    said = json.loads(run(archive, "--election", example.ELECTION, "--format", "json").stdout)
    assert [one["election_id"] for one in said] == [example.ELECTION]
    assert {"accusations", "nodes", "edges", "summary"} <= set(said[0])


def test_a_network_of_several_elections_is_refused_with_their_ids(archive: Engine, tmp_path: Path) -> None:
    refused = run(archive, str(tmp_path / "net.gexf"))
    assert refused.exit_code == 2
    assert example.EARLIER in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_named_as_the_user_named_it(archive: Engine, tmp_path: Path) -> None:
    out = tmp_path / "no such folder" / "net.gexf"
    refused = run(archive, str(out), "--election", example.ELECTION)
    assert refused.exit_code == 2
    assert f"{out}: No such file or directory" in refused.stderr


def test_an_unknown_election_party_file_and_method_are_refused(archive: Engine) -> None:
    for words in (["--election", "x"], ["--in-group", "nowhere.csv"], ["--method", "tea-leaves"]):
        refused = run(archive, *words)
        assert (refused.exit_code, refused.stdout) == (2, "")


def test_fewer_days_leave_earlier_accusations_out(archive: Engine) -> None:
    said = json.loads(
        run(archive, "--election", example.ELECTION, "--before", "0", "--format", "json").stdout
    )
    assert {row["phase"] for row in said[0]["accusations"]} == {
        "between",
        "after_declaration",
        "before_polls_close",
    }
