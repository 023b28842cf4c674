"""Data packages validate, and networks are what the formats say."""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import example_archive as example
import exported as archive
import networkx
import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from analysis.exports import Filters, Hiding, Wish
from analysis.reports.accusations.elections import find_accusations
from db import writing

KEY = b"a key of thirty-two bytes or more"
HIDDEN = (Hiding(), Hiding(dehydrated=True), Hiding(key=KEY), Hiding(dehydrated=True, key=KEY))


@pytest.fixture
def filled(engine: Engine) -> Engine:
    archive.fill(engine)
    return engine


def validated(package: Path) -> dict[str, Any]:
    """What `frictionless validate` says, in a process of its own: the library changes how Python warns."""
    done = subprocess.run(
        [sys.executable, "-m", "frictionless", "validate", package.name, "--json"],
        cwd=package.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


# ---- data packages ----------------------------------------------------------------------------------


@pytest.mark.parametrize("hiding", HIDDEN, ids=lambda hiding: "+".join(hiding.modes) or "plain")
def test_frictionless_finds_a_package_valid(hiding: Hiding, filled: Engine, tmp_path: Path) -> None:
    archive.exported(filled, tmp_path / "out", Wish(form="datapackage", hiding=hiding, with_codes=True))

    told = validated(tmp_path / "out" / "datapackage.json")

    assert [task["errors"] for task in told["tasks"] if task["errors"]] == []
    assert told["valid"] is True
    assert told["stats"]["tasks"] == 23


def test_a_package_of_a_part_refers_to_nothing_outside(filled: Engine, tmp_path: Path) -> None:
    filters = Filters(contest=example.HILL)
    archive.exported(filled, tmp_path / "out", Wish(form="datapackage"), filters)

    assert validated(tmp_path / "out" / "datapackage.json")["valid"] is True


@pytest.mark.parametrize(
    ("table", "before", "after"),
    [
        ("targets", '"x:1001"', '"x:nobody"'),
        ("candidacies", '"standing",1500', '"standing","many"'),
        ("persons", '"p:bo"', '"p:ada"'),
    ],
)
def test_frictionless_finds_what_is_wrong_in_a_package(
    table: str, before: str, after: str, filled: Engine, tmp_path: Path
) -> None:
    """The keys and types of the description are not idle: a broken file is found."""
    archive.exported(filled, tmp_path / "out", Wish(form="datapackage"))
    path = tmp_path / "out" / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")

    told = validated(tmp_path / "out" / "datapackage.json")
    kinds = {error["type"] for task in told["tasks"] for error in task["errors"] if task["name"] == table}
    assert kinds & {"foreign-key", "type-error", "primary-key"}


def test_a_package_says_how_it_was_made(filled: Engine, tmp_path: Path) -> None:
    wish = Wish(form="datapackage", licence="CC-BY-4.0")
    made = archive.exported(filled, tmp_path / "out", wish, Filters(election=example.ELECTION))

    package = json.loads((tmp_path / "out" / "datapackage.json").read_text())
    manifest = json.loads(made.manifest.read_text())
    assert package["licenses"] == [{"name": "CC-BY-4.0"}]
    assert "Hustings 0." in package["citation"]
    assert [one["title"] for one in package["sources"]] == ["Westhaven council 2023"]
    assert {one["path"] for one in package["resources"]} < {one["path"] for one in manifest["files"]}
    assert manifest["filters"]["election"] == example.ELECTION
    assert manifest["methods"] == ["reader-2", "reader-1"]
    assert manifest["database"]["newest_statement"] > 1
    for one in package["resources"]:
        assert all(field["description"] for field in one["schema"]["fields"])


def test_a_package_names_no_licence_of_its_own(filled: Engine, tmp_path: Path) -> None:
    archive.exported(filled, tmp_path / "out", Wish(form="datapackage"))

    assert "licenses" not in json.loads((tmp_path / "out" / "datapackage.json").read_text())


# ---- networks ---------------------------------------------------------------------------------------


def graph_of(path: Path) -> Any:
    return networkx.read_gexf(path) if path.suffix == ".gexf" else networkx.read_graphml(path)


@pytest.mark.parametrize("form", ["gexf", "graphml"])
def test_a_network_says_who_speaks_of_whom_and_who_accuses_whom(
    form: str, filled: Engine, tmp_path: Path
) -> None:
    out = tmp_path / f"network.{form}"
    archive.exported(filled, out, Wish(form=form), Filters(method=example.METHOD))

    graph = graph_of(out)
    edge = graph.edges["p:maren", "p:tobias"]
    assert edge["weight"] == 1
    assert (edge["positive"], edge["accusations"]) == (1, 0)
    assert graph.nodes["p:tobias"]["label"] == "Tobias Quill"
    assert graph.nodes["p:tobias"]["spoken_of"] >= 1
    assert graph.is_directed()
    assert {"source", "target"}.isdisjoint(edge), "they are the ends"


@pytest.mark.parametrize("form", ["gexf", "graphml"])
def test_accusations_are_those_of_the_network_of_accusations(
    form: str, filled: Engine, tmp_path: Path
) -> None:
    """All statements of these authors lie in one contest's window, so that both count the same."""
    out = tmp_path / f"network.{form}"
    archive.exported(filled, out, Wish(form=form), Filters(election=example.ELECTION, method=example.METHOD))

    with Session(filled) as session:
        [told] = find_accusations(session, election=example.ELECTION, method=example.METHOD)
    accused = {(edge.source, edge.target): edge for edge in told.network.edges}
    shown = {ends: edge for ends, edge in graph_of(out).edges.items() if edge["accusations"]}
    assert shown.keys() == accused.keys()
    assert accused
    for ends, edge in shown.items():
        assert edge["accusations"] == accused[ends].weight
        for name in ("policy", "character", "misconduct", "integrity", "blame", "incivility"):
            assert edge[name] == getattr(accused[ends], name)


def test_a_name_that_no_xml_can_hold_is_read_back(filled: Engine, tmp_path: Path) -> None:
    with writing(filled) as session:
        statement = example.add_statement(
            session, "3001", "maren", "The \x00\x1b[31m & <b> party", archive.NOON
        )
        example.add_reading(
            session, statement, [("party", "The \x00\x1b[31m & <b> \u202eparty", "alias", 0.1)]
        )
    for form in ("gexf", "graphml"):
        out = tmp_path / f"network.{form}"
        archive.exported(filled, out, Wish(form=form), Filters(method=example.METHOD))
        labels = [data["label"] for _, data in graph_of(out).nodes.items()]
        assert any("& <b> party" in label for label in labels)


GEXF = "{http://www.gexf.net/1.2draft}"
GEXF_CHILDREN = {
    "gexf": ("meta", "graph"),
    "meta": ("creator", "keywords", "description"),
    "graph": ("attributes", "nodes", "edges"),
    "attributes": ("attribute",),
    "nodes": ("node",),
    "edges": ("edge",),
    "node": ("attvalues",),
    "edge": ("attvalues",),
    "attvalues": ("attvalue",),
}
"""Element of GEXF 1.2 -> what may stand in it, of what we use (its published schema)."""
GEXF_TYPES = {"integer", "long", "double", "float", "boolean", "string", "liststring", "anyURI"}


def test_a_gexf_file_keeps_the_rules_of_its_schema(filled: Engine, tmp_path: Path) -> None:
    out = tmp_path / "network.gexf"
    archive.exported(filled, out, Wish(form="gexf"), Filters(method=example.METHOD))

    root = ElementTree.parse(out).getroot()
    for element in root.iter():
        allowed = {f"{GEXF}{name}" for name in GEXF_CHILDREN.get(element.tag.removeprefix(GEXF), ())}
        assert {child.tag for child in element} <= allowed, element.tag
    declared = {
        (one.get("class"), attribute.get("id")): attribute.get("type")
        for one in root.iter(f"{GEXF}attributes")
        for attribute in one
    }
    assert set(declared.values()) <= GEXF_TYPES
    nodes = [node.get("id") for node in root.iter(f"{GEXF}node")]
    edges = [edge.get("id") for edge in root.iter(f"{GEXF}edge")]
    assert max(Counter(nodes).values()) == max(Counter(edges).values()) == 1
    for name in ("node", "edge"):
        for one in root.iter(f"{GEXF}{name}"):
            for value in one.iter(f"{GEXF}attvalue"):
                assert (name, value.get("for")) in declared
    for edge in root.iter(f"{GEXF}edge"):
        assert {edge.get("source"), edge.get("target")} <= set(nodes)


GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"


def test_a_graphml_file_keeps_the_rules_of_its_schema(filled: Engine, tmp_path: Path) -> None:
    out = tmp_path / "network.graphml"
    archive.exported(filled, out, Wish(form="graphml"), Filters(method=example.METHOD))

    root = ElementTree.parse(out).getroot()
    keys = {key.get("id"): key for key in root.iter(f"{GRAPHML}key")}
    assert {key.get("attr.type") for key in keys.values()} <= {"long", "int", "double", "string", "boolean"}
    [graph] = root.iter(f"{GRAPHML}graph")
    assert graph.get("edgedefault") == "directed"
    nodes = {node.get("id") for node in graph.iter(f"{GRAPHML}node")}
    names = {*nodes, *keys, *(key.get("attr.name") for key in keys.values())}
    assert all(re.fullmatch(r"[\w.:-]+", name or "", re.ASCII) for name in names), "NMTOKEN"
    for edge in graph.iter(f"{GRAPHML}edge"):
        assert {edge.get("source"), edge.get("target")} <= nodes
    for name in ("node", "edge"):
        for one in graph.iter(f"{GRAPHML}{name}"):
            told = [data.get("key") for data in one]
            assert len(told) == len(set(told))
            assert all(keys[key].get("for") == name for key in told)
