"""Who speaks of whom and who accuses whom as one network, for Gephi, igraph and others."""

from collections.abc import Iterable
from dataclasses import dataclass, make_dataclass
from datetime import date
from typing import Any

from analysis.exports.findings_rows import Edge, Node
from analysis.exports.hiding import Hiding, shape_of
from analysis.reports.accusations.graphs import GRAPHS


@dataclass(frozen=True, slots=True)
class Network:
    """Rows as a graph file holds them: without what is hidden."""

    nodes: tuple[Any, ...]
    edges: tuple[Any, ...]


def network_of(nodes: Iterable[Node], edges: Iterable[Edge], hiding: Hiding) -> Network:
    """The network without what is hidden, and with pseudonyms where they are asked for."""
    return Network(_shown("nodes", nodes, hiding), _shown("edges", edges, hiding))


def _shown(table: str, some: Iterable[Node | Edge], hiding: Hiding) -> tuple[Any, ...]:
    shape = shape_of(table, hiding)
    row = make_dataclass(table, shape.names, frozen=True, slots=True)
    return tuple(row(*shape.values(one)) for one in some)


def render(network: Network, form: str, *, made: date) -> str:
    """The network in a format of `GRAPHS`."""
    return GRAPHS[form](network, made=made)
