"""What HTML says: its plain text and its elements, in time that grows with its length alone.

Read by a scanner of our own, after the tokens of the HTML standard (13.2.5): the standard library's
parser, and whatever is built on it, takes the square of the length where comments or tags stay open
(60 KB of `<a ` take it 40 seconds), and what platforms serve was written by anybody.
"""

import html as entities
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

DEEPEST = 200
"""Elements that lie deeper stand beside each other instead: their text is kept, their nesting is not."""

LINES = frozenset(
    {
        *("address", "article", "aside", "dd", "details", "dialog", "div", "dt", "fieldset", "figcaption"),
        *("figure", "footer", "form", "header", "hr", "legend", "li", "main", "nav", "option", "section"),
        *("summary", "tr"),
    }
)
"""Elements that begin and end a line."""
PARAGRAPHS = frozenset(
    {"blockquote", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "table", "ul"}
)
"""Elements that are set off by an empty line."""
CELLS = frozenset({"td", "th"})
VOID = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source"),
        *("track", "wbr"),
    }
)
"""Elements without content, which nothing closes."""
WORDLESS = frozenset({"script", "style", "iframe", "noembed", "noframes", "xmp"})
"""Elements whose content is no HTML (13.2.6.4.7) and no words for readers: they are dropped whole."""

_TAG_NAME = re.compile(r"(/?)([a-zA-Z][^\s/>]*)")
_TAG_REST = re.compile(r"""(?:[^"'>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+|["'])*+>""")
"""Up to the `>` that ends a tag: quotes count where a value begins."""
_ATTRIBUTE = re.compile(r"""([^\s"'>/=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>]++)))?+""")
_WORDLESS_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in WORDLESS}
_SPACES = re.compile(r"[ \t\n\r\f]+")
_ENTITY = re.compile(r"&(?:#\d{1,8}|#[xX][0-9a-fA-F]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});?")
_ENTITY_IN_VALUE = re.compile(r"&(?:#\d{1,8}|#[xX][0-9a-fA-F]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});")
"""In addresses, `&copy=1` is no sign (13.2.5.73)."""
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag, as it stands."""

    name: str
    """In lower case."""
    closing: bool = False
    written: str = ""
    """Its attributes, not yet taken apart."""

    @property
    def attributes(self) -> dict[str, str]:
        """By name in lower case; of two with the same name the first counts."""
        found: dict[str, str] = {}
        for name, *values in _ATTRIBUTE.findall(self.written):
            found.setdefault(name.lower(), _ENTITY_IN_VALUE.sub(_sign, "".join(values)))
        return found


def text_of_html(html: str, *, without: Collection[str] = ()) -> str:
    """The text that readers see, with its lines and paragraphs; elements of a class in `without` left out.

    A link that is shown shortened by CSS (Mastodon's `invisible` and `ellipsis`) comes whole, an emoji
    shown as a picture by its `alt`. Never raises; what no browser could read is text.
    """
    return _text(_tokens(html), frozenset(without))


@dataclass(slots=True)
class Element:
    """One element with what it holds."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list, repr=False)

    @property
    def classes(self) -> frozenset[str]:
        return frozenset(self.attributes.get("class", "").split())

    @property
    def text(self) -> str:
        """As text_of_html has it."""
        return _text(self._tokens(), frozenset())

    def all(self, name: str | None = None, *, cls: str | None = None) -> Iterator["Element"]:
        """Elements below this one, in the order of the document, by name and class."""
        for element in self._below():
            if name in (None, element.name) and (cls is None or cls in element.classes):
                yield element

    def first(self, name: str | None = None, *, cls: str | None = None) -> "Element | None":
        """The first of `all`."""
        return next(self.all(name, cls=cls), None)

    def _below(self) -> Iterator["Element"]:
        ahead = self.children[::-1]
        while ahead:
            child = ahead.pop()
            if isinstance(child, Element):
                yield child
                ahead += child.children[::-1]

    def _tokens(self) -> Iterator[Tag | str]:
        ahead: list[Element | Tag | str] = [*self.children[::-1]]
        while ahead:
            one = ahead.pop()
            if isinstance(one, Element):
                yield Tag(one.name, written=_written(one.attributes))
                ends = [] if one.name in VOID else [Tag(one.name, closing=True)]
                ahead += [*ends, *one.children[::-1]]
            else:
                yield one


def _written(attributes: Mapping[str, str]) -> str:
    return " ".join(f'{name}="{entities.escape(value)}"' for name, value in attributes.items())


def elements_of(html: str) -> Element:
    """The elements of a document or a piece of one, below one element without a name.

    They nest as the tags do; tags that HTML lets one leave out are not put in. Never raises.
    """
    root = Element("")
    path = [root]
    for token in _tokens(html):
        if isinstance(token, str):
            path[-1].children.append(token)
        elif token.closing:
            _close(path, token.name)
        else:
            element = Element(token.name, token.attributes)
            path[-1].children.append(element)
            if token.name not in VOID and len(path) < DEEPEST:
                path.append(element)
    return root


def _close(path: list[Element], name: str) -> None:
    """Leave the innermost element of that name; a tag that closes nothing is no tag."""
    place = next((number for number in range(len(path) - 1, 0, -1) if path[number].name == name), None)
    if place is not None:
        del path[place:]


def _tokens(html: str) -> Iterator[Tag | str]:
    """Tags and the texts between them, entities resolved. Each character is looked at a few times at most."""
    place = 0
    while (start := html.find("<", place)) >= 0:
        if start > place:
            yield _resolved(html[place:start])
        name = _TAG_NAME.match(html, start + 1)
        if name is None:
            place = _after_comment(html, start)
            if place == start:
                yield "<"
                place += 1
            continue
        rest = _TAG_REST.match(html, name.end())
        if rest is None:  # Nothing after it can be a tag either.
            place = start
            break
        tag = Tag(name[2].lower(), bool(name[1]), rest[0][:-1])
        yield tag
        place = rest.end()
        if tag.name in WORDLESS and not tag.closing:
            end = _WORDLESS_END[tag.name].search(html, place)
            place = end.start() if end else len(html)
    if place < len(html):
        yield _resolved(html[place:])


def _after_comment(html: str, start: int) -> int:
    """Where a comment, declaration or instruction ends; `start` where there is none."""
    if html.startswith(("<!-->", "<!--->"), start):
        return html.index(">", start) + 1
    if html.startswith("<!--", start):
        end = html.find("-->", start + 4)
        return end + 3 if end >= 0 else len(html)
    if html.startswith(("<!", "<?", "</"), start):
        end = html.find(">", start)
        return end + 1 if end >= 0 else len(html)
    return start


def _resolved(text: str) -> str:
    return _SURROGATE.sub("\ufffd", _ENTITY.sub(_sign, text))


def _sign(entity: re.Match[str]) -> str:
    return entities.unescape(entity[0])


def _text(tokens: Iterator[Tag | str], without: frozenset[str]) -> str:
    writer = _Writer()
    for token in _shown(tokens, without):
        if isinstance(token, str):
            writer.write(token)
        else:
            writer.mark(token)
    return "".join(writer.written).strip(" \t\n\r\f")


def _shown(tokens: Iterator[Tag | str], without: frozenset[str]) -> Iterator[Tag | str]:
    """The tokens outside of elements of these classes."""
    hidden, depth = "", 0
    for token in tokens:
        if depth:
            if isinstance(token, Tag) and token.name == hidden:
                depth += -1 if token.closing else 1
        elif without and isinstance(token, Tag) and without.intersection(_classes(token)):
            hidden, depth = token.name, int(token.name not in VOID)
        else:
            yield token


def _classes(tag: Tag) -> list[str]:
    return tag.attributes.get("class", "").split() if "class" in tag.written.lower() else []


class _Writer:
    """Puts pieces of text together: white space as browsers show it, breaks only between words."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self._breaks = 0
        self._space = False
        self._verbatim = 0

    def mark(self, tag: Tag) -> None:
        """What a tag does to the text around it."""
        if tag.name == "br":
            self._breaks += 1
        elif tag.name in LINES:
            self._breaks = max(self._breaks, 1)
        elif tag.name in PARAGRAPHS:
            self._breaks = max(self._breaks, 2)
        elif tag.name in CELLS:
            self._space = True
        elif tag.name == "img" and not tag.closing and "emoji" in tag.written:
            self.write(tag.attributes.get("alt", ""))
        if tag.name == "pre":
            self._verbatim = max(0, self._verbatim + (-1 if tag.closing else 1))

    def write(self, text: str) -> None:
        """Text between two tags."""
        if self._verbatim:
            self._put(text)
            return
        flowing = _SPACES.sub(" ", text)
        self._space = self._space or flowing.startswith(" ")
        if words := flowing.strip(" "):
            self._put(words)
            self._space = flowing.endswith(" ")

    def _put(self, words: str) -> None:
        if self.written:
            self.written.append("\n" * self._breaks if self._breaks else " " if self._space else "")
        self.written.append(words)
        self._breaks, self._space = 0, False
