"""HTML becomes the text that readers see, and its elements are found, whatever the HTML is."""

import html as entities
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.markup import DEEPEST, elements_of, text_of_html

SHORTENED = (
    '<p>Read it: <a href="https://www.example.org/a/long/address"><span class="invisible">https://www.</span>'
    '<span class="ellipsis">example.org/a/lo</span><span class="invisible">ng/address</span></a></p>'
)

TEXTS = [
    ("plain words", "plain words"),
    ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
    ("One.<br>Two.<br/>Three.<br />Four.", "One.\nTwo.\nThree.\nFour."),
    ("One.<br><br>Two.", "One.\n\nTwo."),
    ("<p>One.<br></p><p>Two.</p><br>", "One.\n\nTwo."),
    ("<div>One.</div><div>Two.</div>", "One.\nTwo."),
    ("<ul><li>bread</li><li>roses</li></ul>After", "bread\nroses\n\nAfter"),
    (
        "<table><tr><td>Labour</td><td>12</td></tr><tr><td>Green</td><td>9</td></tr></table>",
        "Labour 12\nGreen 9",
    ),
    ("  much \n\t space  <b> within </b>  it ", "much space within it"),
    ("no<b>t</b> apart", "not apart"),
    ("<pre>kept\n  as it is</pre>", "kept\n  as it is"),
    ("a&nbsp;b &amp; c &lt;d&gt; &#33; &#x1F5F3; &notanentity; AT&T", "a\xa0b & c <d> ! 🗳 ¬anentity; AT&T"),
    ("&#xD800; &#99999999; \ud83d", "\ufffd \ufffd \ufffd"),
    (SHORTENED, "Read it: https://www.example.org/a/long/address"),
    ("before<script>alert('<p>1</p>')</script><STYLE>p {}</style>after", "beforeafter"),
    ("before<!-- <p>not this</p> -->, <!---->after<!doctype html><?php 1 ?>", "before, after"),
    ('<a title="a > b" href=x>link</a> <p it\'s>quote</p>', "link\n\nquote"),
    ('we <img class="emoji" alt=":rose:" src="x"> and <img alt="a cat" src="x"> it', "we :rose: and it"),
    ("I <3 voting, 1 < 2 and 3 > 2", "I <3 voting, 1 < 2 and 3 > 2"),
    ("if a <b then all of it is text", "if a <b then all of it is text"),
    ("<unknown>words</unknown></p></div>", "words"),
    ("", ""),
    ("<p></p>", ""),
]


@pytest.mark.parametrize(("html", "text"), TEXTS)
def test_html_reads_as_in_a_browser(html: str, text: str) -> None:
    assert text_of_html(html) == text


@pytest.mark.parametrize(("html", "text"), TEXTS)
def test_the_text_of_the_elements_is_the_text_of_their_html(html: str, text: str) -> None:
    assert elements_of(html).text == text


def test_elements_of_a_class_can_be_left_out_with_all_that_they_hold() -> None:
    html = '<p class="quote-inline">RE: <a href="x">x</a><span>!</span></p><p>My own.<br class="cut"></p>'
    assert text_of_html(html, without={"quote-inline", "cut"}) == "My own."


def test_elements_are_found_by_name_and_class_in_the_order_of_the_document() -> None:
    page = elements_of('<div class="a b"><p class="b">1</p></div><br><p CLASS=b id="1&amp;2&copy=3">2</p>')
    assert [one.text for one in page.all("p", cls="b")] == ["1", "2"]
    assert [one.name for one in page.all(cls="b")] == ["div", "p", "p"]
    last = list(page.all("p"))[-1]
    assert last.attributes["id"] == "1&2&copy=3"
    assert page.first(cls="c") is None


def test_tags_that_close_nothing_change_nothing() -> None:
    page = elements_of("<div></span><b>1</b></p></div><i>2</i>")
    assert [one.name for one in page.children if not isinstance(one, str)] == ["div", "i"]


def test_deep_nesting_keeps_its_text_but_not_its_depth() -> None:
    page = elements_of("<div>" * 1000 + "deep" + "</div>" * 1000 + "<p>after</p>")
    assert page.text == "deep\n\nafter"
    depth, one = 0, page.first("div")
    while one is not None:
        depth, one = depth + 1, one.first("div")
    assert depth < DEEPEST + 2


HOSTILE = {
    "nested": "<div>" * 100_000,
    "nested in line": "<b>" * 100_000 + "x" + "</b>" * 100_000,
    "never closed comments": "<!--" * 100_000,
    "never closed tags": "<a " * 100_000,
    "quotes": "<a x='>\"" * 100_000,
    "a quote that stays open": '<a x=">' + "<a y='>" * 100_000,
    "values": "<a " + "x= " * 100_000 + ">",
    "spaces": "<a" + " " * 100_000 + "x" + " " * 100_000,
    "brackets": "<" * 100_000,
    "ends": "</" * 100_000,
    "declarations": "<!" * 100_000,
    "entities": "&#" * 100_000 + "&a" * 100_000 + "&#" + "1" * 100_000 + ";",
    "scripts": "<script>" * 100_000,
    "script ends": "<script>" + "</script" * 100_000,
    "breaks": "<br>" * 100_000 + "x",
    "one word": "x" * 1_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_html_is_read_in_bounded_time(name: str) -> None:
    """Quadratic readers take minutes for these; the bound only tells seconds from minutes."""
    began = process_time()
    text_of_html(HOSTILE[name], without={"none"})
    page = elements_of(HOSTILE[name])
    assert page.text is not None
    assert sum(1 for _ in page.all("b")) <= 100_000
    assert process_time() - began < 10


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("<>/!-'\"= &#;abp\n\x00é"), max_size=60))
def test_anything_is_read_and_the_tree_says_the_same(html: str) -> None:
    assert elements_of(html).text.strip() == text_of_html(html).strip()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1), min_size=1))
def test_escaped_lines_come_back_as_they_were(lines: list[str]) -> None:
    assert text_of_html("<br>".join(map(entities.escape, lines))) == "\n".join(lines)
