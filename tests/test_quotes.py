"""Quoted statements in news articles: spans, speakers, channels, addressees, files."""

import dataclasses
import json
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.quotes import NotAnArticle, Quotation, find_quotations, read_article, record
from db.words import Channel

BYLINE = "Harbour seat changes hands\n\nMaria Okafor beat Dan Whitlow in Harbour North on Thursday.\n\n"


def only(text: str) -> Quotation:
    """Return the one quotation of a paragraph that follows the opening of an article."""
    (found,) = find_quotations(BYLINE + text)
    return found


def speakers(text: str) -> list[str | None]:
    return [quotation.speaker for quotation in find_quotations(BYLINE + text)]


FOUNDING = """UK election 2024: Labour holds the seat

Labour MP Rushanara Ali kept her seat against Ajmal Masroor, who had campaigned alone after the lawyer \
Tasnime Akunjee had withdrawn.

Masroor was grateful for the "magnificent support".

"We will hold Labour accountable every step of the way," he said in a post on social media.

In his own words on social media, Akunjee seemed to blame Masroor for the result, saying: "Ajmal Masroor was \
a hard sell and failed once again as he has always done to win."

In a separate post directed at Masroor, Akunjee returned to an old line, commenting: "You lost when a turnip \
could have won."

After her victory Ali thanked those who had worked for it: "Together we showed that hope wins over fear, and \
unity over division."

Keir Starmer later apologised for "any offence caused".

Ali had been blamed for not criticising Starmer, saying instead that she would "relay the concerns in our \
community" to him.
"""


def test_the_founding_article_gives_each_statement_its_speaker_and_channel() -> None:
    found = find_quotations(FOUNDING)

    assert [(q.speaker, q.channel) for q in found] == [
        ("Ajmal Masroor", Channel.SOCIAL),
        ("Tasnime Akunjee", Channel.SOCIAL),
        ("Tasnime Akunjee", Channel.SOCIAL),
        ("Rushanara Ali", Channel.UNKNOWN),
        ("Rushanara Ali", Channel.UNKNOWN),
    ]
    assert [q.addressee for q in found] == [None, None, "Ajmal Masroor", None, None]
    assert not [q for q in found if "any offence" in q.text or "magnificent" in q.text]


@pytest.mark.parametrize(
    ("text", "speaker", "mention", "cue"),
    [
        ('"We worked hard for this," Okafor said.', "Maria Okafor", "Okafor", "said"),
        ('"We worked hard for this," said Dan Whitlow.', "Dan Whitlow", "Dan Whitlow", "said"),
        ("“We worked hard for this!” shouted Okafor.", "Maria Okafor", "Okafor", "shouted"),
        ('Whitlow said: "It was always going to be close."', "Dan Whitlow", "Whitlow", "said"),
        ('Okafor told supporters, "It was close all night."', "Maria Okafor", "Okafor", "told"),
        ('According to Whitlow, "the count was fair and quick."', "Dan Whitlow", "Whitlow", "According to"),
        ('"The count was fair and quick," according to Okafor.', "Maria Okafor", "Okafor", "according to"),
        ('The seat, Okafor said, was "never safe for anybody".', "Maria Okafor", "Okafor", "said"),
        ('"It was never safe for anybody" and he knew it, Okafor said.', "Maria Okafor", "Okafor", "said"),
        ('Whitlow lost. He called the night "the end of an era".', "Dan Whitlow", "He", "called"),
        ('Whitlow said he hopes that "it was all worth it".', "Dan Whitlow", "Whitlow", "said"),
        ('Okafor, who had led all night, said "we are just beginning".', "Maria Okafor", "Okafor", "said"),
        (
            'Speaking to Whitlow, Okafor smiled, saying: "You ran a good race."',
            "Maria Okafor",
            "Okafor",
            "saying",
        ),
        ('"You ran a very good race." — Maria Okafor', "Maria Okafor", "Maria Okafor", "—"),
        ('"The roads are full of holes," a council spokesman said.', None, "a council spokesman", "said"),
        ('Okafor: "The roads are full of holes."', "Maria Okafor", "Okafor", None),
        ('The head of the Harbour Union said: "It was close all night."', None, "The head", "said"),
        ('"It was the longest night of all." Whitlow said.', "Dan Whitlow", "Whitlow", "said"),
        ('Okafor tried to say that "this was never about me".', "Maria Okafor", "Okafor", "say"),
        ('One voter who said "I will never give up here" left.', None, "One voter", "said"),
        ('Whitlow stayed on. He added:\n\n"I will never give up here."', "Dan Whitlow", "He", "added"),
        ('The letter reads: "We will never give up here."', None, "The letter", "reads"),
        ('"It was close all night," the agent, Ann Lee, said.', "Ann Lee", "Ann Lee", "said"),
        (
            'Whitlow said no, but "we will see about that," Okafor replied.',
            "Maria Okafor",
            "Okafor",
            "replied",
        ),
        ('Turnout fell, Whitlow said. "It was raining all day."', "Dan Whitlow", "Whitlow", None),
        (
            'Okafor met Whitlow and told him she "had never been so nervous".',
            "Maria Okafor",
            "Okafor",
            "told",
        ),
    ],
)
def test_a_cue_before_or_behind_gives_the_speaker(
    text: str, speaker: str | None, mention: str, cue: str | None
) -> None:
    found = only(text)

    assert found.speaker == speaker
    assert found.speaker_start is not None
    assert (BYLINE + text)[found.speaker_start : found.speaker_end] == mention
    assert found.cue == cue


@pytest.mark.parametrize(
    "text",
    [
        '"We worked hard for this," Okafor said. "Now we begin the real work."',
        '"We worked hard for this," Okafor said, "and now we begin the work."',
        '"We worked hard for this," Okafor said.\n\n"Now we begin the real work."',
        '"We worked hard for this, Okafor said: "Now we begin the real work. We start at dawn."',
        '"We worked hard," said Okafor, "and now we begin," before adding: "We start again at dawn."',
    ],
)
def test_a_quotation_that_goes_on_shares_its_speaker(text: str) -> None:
    assert set(speakers(text)) == {"Maria Okafor"}


def test_a_quotation_that_goes_on_shares_cue_and_channel() -> None:
    found = find_quotations(
        BYLINE + '"We worked hard for this," Okafor said on X. "Now we begin the real work."'
    )

    assert [(q.cue, q.channel) for q in found] == [("said", Channel.SOCIAL)] * 2


def test_a_paragraph_reopens_a_quotation_that_was_not_closed() -> None:
    text = 'Whitlow conceded: "I called her at four.\n\n"I wished her well for the years ahead," he said.'

    assert [q.text for q in find_quotations(text)] == [
        '"I called her at four.',
        '"I wished her well for the years ahead,"',
    ]
    assert speakers(text) == ["Dan Whitlow", "Dan Whitlow"]


def test_a_single_unpaired_mark_does_not_swallow_the_rest() -> None:
    text = 'The 5" board said "Vote.\n\n"We will be back next year," Whitlow said.\n\nOkafor left.'

    assert only(text).text == '"We will be back next year,"'


def test_a_role_stands_for_the_person_it_was_given_to() -> None:
    text = (
        "Okafor, the Seaside Party candidate, waited.\n\n"
        '"We can hardly believe it," the Seaside Party candidate said.'
    )

    assert speakers(text) == ["Maria Okafor"]


def test_a_pronoun_stands_for_a_person_not_for_a_newspaper() -> None:
    text = 'Sir Dan told the Harbour Echo that it was late.\n\n"I will sleep all day," he said.'

    assert speakers(text) == ["Dan Whitlow"]


def test_a_title_tells_he_from_she() -> None:
    text = 'Mr Whitlow met Mrs Okafor at the count.\n\n"It was a long night," she said.'

    assert speakers(text) == ["Maria Okafor"]


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ('"We did it together, friends," Okafor said in a post on X.', Channel.SOCIAL),
        ('"We did it together, friends," Okafor tweeted.', Channel.SOCIAL),
        ('"We did it together, friends," Okafor wrote on her Facebook page.', Channel.SOCIAL),
        ('On social media, Okafor said: "We did it together, friends."', Channel.SOCIAL),
        ('"We did it together, friends," Okafor told the BBC.', Channel.INTERVIEW),
        ('In an interview with the Harbour Echo, Okafor said: "We did it together."', Channel.INTERVIEW),
        ('Okafor told cheering supporters: "We did it together, friends."', Channel.SPEECH),
        ('"We did it together, friends," Okafor said in a speech at dawn.', Channel.SPEECH),
        ('"We did it together, friends," Okafor said in a statement.', Channel.STATEMENT),
        ('"We did it together, friends," Okafor said.', Channel.UNKNOWN),
        ('"We did it together, friends," Okafor said of a post office.', Channel.UNKNOWN),
        ('"We did it together, friends," Okafor wrote in a blog post.', Channel.UNKNOWN),
    ],
)
def test_the_channel_is_what_the_sentence_says(text: str, channel: Channel) -> None:
    assert only(text).channel is channel


@pytest.mark.parametrize(
    ("text", "addressee"),
    [
        ('Okafor told Whitlow: "You ran a good race."', "Dan Whitlow"),
        ('Okafor told supporters: "You ran a good race."', "supporters"),
        ('In a message to Whitlow, Okafor wrote: "You ran a good race."', "Dan Whitlow"),
        ('Okafor told him: "You ran a good race."', None),
        ('Okafor said: "You ran a good race."', None),
    ],
)
def test_the_addressee_is_whom_the_sentence_names(text: str, addressee: str | None) -> None:
    assert only(text).addressee == addressee


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('"We worked hard for this," Okafor said.', "direct"),
        ('Okafor said: "We worked hard for this."', "direct"),
        ('Okafor said the count was "as fair as they come".', "mixed"),
        ('Okafor called it "The best night of all".', "mixed"),
    ],
)
def test_a_quotation_is_direct_or_part_of_the_sentence(text: str, kind: str) -> None:
    assert only(text).kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "Nothing was said at all.",
        'Okafor spoke of a "safe seat".',
        "It's the voters' choice, the '90s are over, and 'tis late for Okafor's team.",
        'Whitlow sang on the "Great Harbour Evening Show" once.',
        'She wore a hat of 5" and he one of 6" that night in the hall.',
        '<tweet author="a b c d e" date="f g h i j">',
    ],
)
def test_scare_quotes_titles_and_apostrophes_are_no_statements(text: str) -> None:
    assert find_quotations(BYLINE + text) == []


@pytest.mark.parametrize(
    "text",
    [
        "‘We’re the voters’ choice and it’s ours,’ Okafor said.",
        "'We're the voters' choice and it's ours,' Okafor said.",
    ],
)
def test_british_single_quotes_are_told_from_apostrophes(text: str) -> None:
    found = only(text)

    assert len(found.text.split()) == 7
    assert found.speaker == "Maria Okafor"


def test_single_quotes_inside_double_ones_are_not_quotations_of_their_own() -> None:
    assert only("“He told me ‘you will never win here’ and left,” Okafor said.").speaker == "Maria Okafor"


def test_headlines_and_captions_without_a_speaker_are_left_out() -> None:
    text = (
        'A night "that nobody here will forget"\n\nMaria Okafor won.\n\n'
        'The hall "that nobody here will forget" (Photo: Ann Lee/Reuters)\n\n'
        '"It is a night that nobody here will forget," Okafor said.'
    )

    assert [q.cue for q in find_quotations(text)] == ["said"]


def test_a_hard_wrapped_quotation_is_one() -> None:
    text = (
        "Maria Okafor won the seat of Harbour North by a\nhandful of votes and thanked those who came\nout. "
        '"We worked for this for years and\nyears," she said, "and we will go on\nuntil it is done." '
        "She then left the\nhall.\n"
    )

    assert [q.speaker for q in find_quotations(text)] == ["Maria Okafor", "Maria Okafor"]


def test_a_record_is_the_line_of_the_contract() -> None:
    line = json.loads(json.dumps(record(only('"We worked hard for this," Okafor said.'))))

    assert list(line) == [field.name for field in dataclasses.fields(Quotation)]
    assert (line["channel"], line["kind"], line["addressee"]) == ("unknown", "direct", None)


pieces = st.sampled_from(
    [
        '"',
        "“",
        "”",
        "'",
        "‘",
        "’",
        " ",
        ". ",
        ", ",
        ": ",
        "\n\n",
        "\n",
        "\r\n",
        "Maria Okafor",
        "she",
        "said",
        "told",
        "according to",
        "Mr. ",
        "we will all win it",
        "who",
        "the",
        "X",
        "<a b=",
        ">",
        "é",
        "😀",
        "—",
        "in a post on X",
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(pieces, max_size=60).map(" ".join)
    | st.lists(pieces, max_size=60).map("".join)
    | st.text(max_size=80)
)
def test_every_offset_lies_in_the_text(text: str) -> None:
    found = find_quotations(text)

    assert all(q.text == text[q.start : q.end] for q in found)
    assert all(first.end <= second.start for first, second in pairwise(found))
    for q in found:
        assert (q.speaker_start is None) == (q.speaker_end is None)
        assert q.speaker_start is None or q.speaker_end is None or text[q.speaker_start : q.speaker_end]


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ('"' * 20_000, 0),
        ("“" * 20_000, 0),
        ("'a b c d' " * 2_000, 2_000),
        ('"a b c d," he said. ' * 1_000, 1_000),
        ("a'" * 20_000, 0),
        ("<a " * 20_000, 0),
        ("he said, " * 5_000 + '"a b c d"' + ", he said" * 5_000, 1),
        ("Jo Smith, the " * 3_000 + '"a b c d"', 1),
    ],
)
def test_hostile_input_is_read_like_any_other(text: str, given: int) -> None:
    """A quadratic search would take minutes here; benchmarks, not tests, measure the time."""
    assert len(find_quotations(text)) == given


# ---- files ------------------------------------------------------------

PAGE = """<!DOCTYPE html><html><head><title>Okafor wins | Echo</title>
<link rel="canonical" href="https://echo.example/okafor">
<meta property="og:title" content="Okafor wins"><meta name="date" content="2024-07-05T06:10:00+01:00">
<script>var quote = "never a part of it";</script></head><body><nav>"Skip to the main part"</nav>
<article><h1>Okafor wins</h1><figure><figcaption>"Not a word of this"</figcaption></figure>
<p>Maria <b>Okafor</b> won.</p><p>&ldquo;We did it<br>together, friends,&rdquo; she&nbsp;said.</p>
<!-- "no part of it" -->
</article><footer>"All rights are reserved"</footer></body></html>"""


def test_html_becomes_paragraphs_with_what_the_page_says_of_itself() -> None:
    article = read_article(PAGE.replace("<br>", " ").encode(), name="page")

    said = "Okafor wins\n\nMaria Okafor won.\n\n“We did it together, friends,” she said."
    assert article.text == said + '\n\n"Not a word of this"'
    assert article.captions == ((len(said) + 2, len(article.text)),)
    assert (article.title, article.url) == ("Okafor wins", "https://echo.example/okafor")
    assert (article.published, article.media_type) == (date(2024, 7, 5), "text/html")
    found = find_quotations(article.text, captions=article.captions)
    assert [q.speaker for q in found] == ["Maria Okafor"]


@pytest.mark.parametrize(
    ("head", "published"),
    [
        (
            '<script type="application/ld+json">[{"datePublished": "2024-07-05T08:00:00Z"}]</script>',
            date(2024, 7, 5),
        ),
        ('<script type="application/ld+json">{broken</script><time datetime="2024-07-06">', date(2024, 7, 6)),
        ('<meta name="date" content="lately">', None),
    ],
)
def test_the_date_comes_from_the_page_or_is_none(head: str, published: date | None) -> None:
    article = read_article(
        f"<html><head>{head}</head><body><h1>Won</h1></body></html>".encode(), name="a.html"
    )

    assert (article.published, article.title, article.url) == (published, "Won", None)


def test_plain_text_stays_as_it_is() -> None:
    head = "\ufeffSkip to content\r\nA long night\r\nSource: https://echo.example/a\r\n5 July 2024\r\n"
    body = head + "\r\nText.\r\n"
    article = read_article(body.encode(), name="a.txt")

    assert article.text == body
    assert (article.title, article.url) == ("A long night", "https://echo.example/a")
    assert (article.published, article.media_type) == (date(2024, 7, 5), "text/plain")


def test_plain_text_without_a_date_has_none() -> None:
    article = read_article(b"A long night on 4 July, 2024\n\nText.", name="a.txt")

    assert (article.published, article.url) == (None, None)


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"caf\xe9", "not UTF-8"), (b"a\0b", "NUL"), (b"", "no text"), (b"<html><p> </p></html>", "no text")],
)
def test_what_is_no_article_is_refused_by_name(body: bytes, reason: str) -> None:
    with pytest.raises(NotAnArticle, match=rf"odd\.txt: .*{reason}"):
        read_article(body, name="odd.txt")


@pytest.mark.parametrize(
    "markup", ["<div>" * 5_000, '<a href="' * 20_000, "<!--" * 20_000, "<" * 50_000, "<a b='>" * 5_000]
)
def test_broken_markup_is_read_like_any_other(markup: str) -> None:
    """html.parser alone would take minutes for some of these."""
    assert read_article(f"<html><p>words</p>{markup}</html>".encode(), name="a.html").text.startswith("words")
