"""Networks as GraphML and GEXF, for Gephi, igraph and others, written element by element: they grow large.

GraphML 1.0 (graphml.graphdrawing.org) and GEXF 1.2 (gexf.net). Tests read both with networkx.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from hashlib import sha256
from operator import attrgetter
from typing import Any, Protocol
from xml.sax.saxutils import escape, quoteattr

from analysis.site.harmless import shown

LONGEST = 200
"""Characters of a text in a graph file."""

_NO_TOKEN = re.compile(r"_(?=x)|[^A-Za-z0-9._:-]")
"""What an id of GraphML must not hold: its schema wants NMTOKEN. Foreign letters would pass in part; none is
let through. With an x behind it, an underscore would look like an escape."""

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


class Rows(Protocol):
    """A network: rows of frozen dataclasses."""

    @property
    def nodes(self) -> Sequence[Any]:
        """With `id` and `label` among their fields."""
        ...

    @property
    def edges(self) -> Sequence[Any]:
        """With `source`, `target` and `weight` among their fields."""
        ...


@dataclass(frozen=True, slots=True)
class _Column:
    """One attribute of all nodes, or of all edges."""

    name: str
    type: str
    """As both formats call it."""
    values: Sequence[str | int | None]
    """Texts are escaped; None where nothing is known: no 0, no false."""


def render_graphml(network: Rows, *, made: date) -> str:
    """The network as GraphML. What is not known is left out: no 0, no false. Ids are `token`s."""
    return DECLARATION + "".join(_graphml(network))


def render_gexf(network: Rows, *, made: date) -> str:
    """The network as GEXF 1.2, dated `made`."""
    return DECLARATION + "".join(_gexf(network, made))


Renderer = Callable[..., str]

GRAPHS: dict[str, Renderer] = {"graphml": render_graphml, "gexf": render_gexf}
"""Format, which is also the file's ending -> what renders it."""


def _graphml(network: Rows) -> Iterator[str]:
    nodes = _columns(network.nodes, without=())
    edges = _columns(network.edges, without=("source", "target"))
    yield (
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns'
        ' http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
    )
    for kind, columns in (("node", nodes), ("edge", edges)):
        for number, one in enumerate(columns):
            yield (
                f'<key id="{kind[0]}{number}" for="{kind}" attr.name="{one.name}" attr.type="{one.type}"/>\n'
            )
    yield '<graph edgedefault="directed">\n'
    ends = _ends(network, token)
    for head, data in zip((f"<node id={id_}>" for id_ in ends.ids), _data("n", nodes), strict=True):
        yield f"{head}{data}</node>\n"
    heads = (f"<edge source={one} target={other}>" for one, other in ends.pairs)
    for head, data in zip(heads, _data("e", edges), strict=True):
        yield f"{head}{data}</edge>\n"
    yield "</graph>\n</graphml>\n"


def _data(prefix: str, columns: Sequence[_Column]) -> Iterator[str]:
    """Of each row its attributes, as GraphML writes them."""
    starts = [f'<data key="{prefix}{number}">' for number in range(len(columns))]
    return _joined(columns, starts, "</data>")


def _gexf(network: Rows, made: date) -> Iterator[str]:
    nodes = _columns(network.nodes, without=("id", "label"))
    edges = _columns(network.edges, without=("source", "target", "weight"))
    yield (
        '<gexf xmlns="http://www.gexf.net/1.2draft" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:schemaLocation="http://www.gexf.net/1.2draft http://www.gexf.net/1.2draft/gexf.xsd"'
        f' version="1.2">\n<meta lastmodifieddate="{made.isoformat()}"><creator>Hustings</creator></meta>\n'
        '<graph defaultedgetype="directed" mode="static">\n'
    )
    for kind, columns in (("node", nodes), ("edge", edges)):
        if columns:
            yield f'<attributes class="{kind}" mode="static">\n'
            for number, one in enumerate(columns):
                yield f'<attribute id="{kind[0]}{number}" title="{one.name}" type="{one.type}"/>\n'
            yield "</attributes>\n"
    ends = _ends(network, identifier)
    labels = (quoteattr(clean(one.label)) for one in network.nodes)
    yield "<nodes>\n"
    for id_, label, values in zip(ends.ids, labels, _attvalues("n", nodes), strict=True):
        yield f"<node id={id_} label={label}>{values}</node>\n"
    yield "</nodes>\n<edges>\n"
    weights = (one.weight for one in network.edges)
    for number, (pair, weight, values) in enumerate(
        zip(ends.pairs, weights, _attvalues("e", edges), strict=True)
    ):
        yield (f'<edge id="{number}" source={pair[0]} target={pair[1]} weight="{weight}">{values}</edge>\n')
    yield "</edges>\n</graph>\n</gexf>\n"


def _attvalues(prefix: str, columns: Sequence[_Column]) -> Iterator[str]:
    """Of each row its attributes, as GEXF writes them."""
    starts = [f'<attvalue for="{prefix}{number}" value="' for number in range(len(columns))]
    return (f"<attvalues>{found}</attvalues>" for found in _joined(columns, starts, '"/>'))


def _joined(columns: Sequence[_Column], starts: Sequence[str], end: str) -> Iterator[str]:
    """Of each row what is known, each value between its column's start and an end."""
    if not columns:
        return
    whole = "".join(f"{start}%s{end}" for start in starts)
    for values in zip(*(one.values for one in columns), strict=True):
        if None in values:
            pairs = zip(starts, values, strict=True)
            yield "".join(f"{start}{value}{end}" for start, value in pairs if value is not None)
        else:
            yield whole % values


@dataclass(frozen=True, slots=True)
class _Ends:
    """Identifiers as attributes: with their quotes, escaped."""

    ids: Sequence[str]
    pairs: Sequence[tuple[str, str]]


def _ends(network: Rows, written: Callable[[str], str]) -> _Ends:
    known = {one.id: quoteattr(written(one.id)) for one in network.nodes}
    return _Ends([*known.values()], [(known[one.source], known[one.target]) for one in network.edges])


def _columns(rows: Sequence[Any], *, without: tuple[str, ...]) -> list[_Column]:
    names = [one.name for one in fields(rows[0]) if one.name not in without] if rows else []
    return [column for name in names if (column := _column(name, [*map(attrgetter(name), rows)]))]


def _column(name: str, values: Sequence[Any]) -> _Column | None:
    """The attribute, if anything is known of any row."""
    types = {type(value) for value in values if value is not None}
    if not types:
        return None
    if types == {bool}:
        return _Column(name, "boolean", [None if one is None else str(one).lower() for one in values])
    if types == {int}:
        return _Column(name, "long", values)
    if types <= {int, float}:
        return _Column(
            name, "double", [None if one is None else repr(round(float(one), 6)) for one in values]
        )
    return _Column(name, "string", [*_texts(values)])


def _texts(values: Iterable[Any]) -> Iterator[str | None]:
    """Texts for an element or an attribute. Most occur often: each is cleaned once."""
    known: dict[Any, str | None] = {None: None}
    for value in values:
        if value not in known:
            text = clean("; ".join(map(str, value)) if isinstance(value, tuple) else str(value))
            known[value] = escape(text, {'"': "&quot;"})
        yield known[value]


def identifier(text: str) -> str:
    """An id that XML can hold: different ids stay different."""
    held = clean(text)
    return (
        held if held == text else f"{held}_{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
    )


def token(text: str) -> str:
    """An id as GraphML wants it: what is no letter, digit, `.`, `:`, `-` or `_` becomes `_xHHHH_`.

    So SQL/XML (ISO 9075-14) writes names, too. The id as it is stands in the attribute `id`.
    """
    return _NO_TOKEN.sub(lambda sign: f"_x{ord(sign[0]):04X}_", identifier(text)) or "_x_"


def clean(text: str) -> str:
    """A text on one line, bounded, without what XML cannot hold or what reorders a line."""
    line = " ".join(_NO_XML.sub("", shown(text)).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
