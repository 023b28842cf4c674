"""Networks as GraphML and GEXF, for Gephi, igraph and others: the one door to networkx."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, tostring

from analysis.reports.accusations.network import Network
from analysis.reports.accusations.rows import EdgeRow, NodeRow
from analysis.reports.passages import shown

if TYPE_CHECKING:
    import networkx

LONGEST = 200
"""Characters of a text in a graph file."""

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

ENDS = ("source", "target")
"""What an edge is drawn between, and no attribute of it."""


def render_graphml(network: Network, *, made: date) -> str:
    """The network as GraphML. What is not known is left out: no 0, no false."""
    from networkx.readwrite.graphml import GraphMLWriter

    writer = GraphMLWriter(prettyprint=True)
    writer.add_graph_element(graph_of(network))
    return _document(writer.xml, writer.indent)


def render_gexf(network: Network, *, made: date) -> str:
    """The network as GEXF 1.2, dated `made`."""
    from networkx.readwrite.gexf import GEXFWriter

    writer = GEXFWriter(graph_of(network), prettyprint=True)
    writer.xml.find("meta").set("lastmodifieddate", made.isoformat())
    return _document(writer.xml, writer.indent)


Renderer = Callable[..., str]

GRAPHS: dict[str, Renderer] = {"graphml": render_graphml, "gexf": render_gexf}
"""Format, which is also the file's ending -> what renders it."""


def graph_of(network: Network) -> "networkx.DiGraph[str]":
    """The network as networkx holds it, with texts that XML can hold."""
    import networkx

    graph: networkx.DiGraph[str] = networkx.DiGraph()
    for node in network.nodes:
        graph.add_node(identifier(node.id), **_attributes(node, without=("id",)))
    for edge in network.edges:
        ends = identifier(edge.source), identifier(edge.target)
        graph.add_edge(*ends, **_attributes(edge, without=ENDS))
    return graph


def _attributes(row: NodeRow | EdgeRow, *, without: tuple[str, ...]) -> dict[str, Any]:
    values: Mapping[str, Any] = {one.name: getattr(row, one.name) for one in fields(row)}
    return {
        name: _value(value) for name, value in values.items() if name not in without and value is not None
    }


def _value(value: Any) -> str | int | float:
    if isinstance(value, int | float):
        return round(value, 6)
    return clean("; ".join(value) if isinstance(value, tuple) else str(value))


def identifier(text: str) -> str:
    """An id that XML can hold: different ids stay different."""
    held = clean(text)
    return (
        held if held == text else f"{held}_{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
    )


def clean(text: str) -> str:
    """A text on one line, bounded, without what XML cannot hold or what reorders a line."""
    line = " ".join(_NO_XML.sub("", shown(text)).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _document(xml: Element, indent: Callable[[Element], None]) -> str:
    indent(xml)
    return f"{DECLARATION}{tostring(xml, encoding='unicode')}\n"
