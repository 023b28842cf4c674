"""Invented statements and a site with nothing but their search, as a report would hold it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

from analysis.outcomes.timing import Window
from analysis.publishing.search_index import SearchDoc, write_index
from analysis.reports.manifest import Manifest
from analysis.site import render_page, stylesheet

MANIFEST = Manifest("0", datetime(2023, 6, 1, 12, 0, tzinfo=UTC), Window(), 0.0)

Candidacy = tuple[str, str]

ASSETS = ("search-words.js", "search-index.js", "search.js", "search.css")

COUNTED = datetime(2023, 5, 5, 2, 0, tzinfo=UTC)

EXAMPLE = SearchDoc(
    key="x:1",
    address="elections/westhaven/contests/harbour/candidates/maren.html#x-1",
    at=COUNTED.timestamp(),
    local_time="5 May 2023, 03:00 BST",
    election_id="westhaven",
    election="Westhaven council 2023",
    contest_id="harbour",
    contest="Harbour ward",
    person_id="maren",
    author="Maren Hollis",
    party="Orchard Alliance",
    elected=True,
    status="standing",
    phase="after_declaration",
    minutes=60,
    kinds=("victory", "thanks"),
    tone="positive",
    targets=(("Tobias Brandt", "negative"),),
    text="Thank you, Harbour ward! We won, and the tax rise is off the table.",
)

TOBIAS = replace(
    EXAMPLE,
    key="x:2",
    address="elections/westhaven/contests/harbour/candidates/tobias.html#x-2",
    person_id="tobias",
    author="Tobias Brandt",
    party="Civic Union",
    elected=False,
    kinds=("concession",),
    tone="neutral",
    targets=(("Maren Hollis", "positive"),),
    text="I concede. Congratulations to @maren_h; don’t give up on Žižkov’s naïve café #HarbourVotes",
)


def by_candidacy(docs: Iterable[SearchDoc]) -> dict[Candidacy, list[SearchDoc]]:
    """Statements as the index wants them."""
    found: defaultdict[Candidacy, list[SearchDoc]] = defaultdict(list)
    for doc in docs:
        found[doc.contest_id, doc.person_id].append(doc)
    return dict(found)


def many(count: int) -> list[SearchDoc]:
    """Plain statements, a day between each two, of both candidates in turn."""
    return [
        replace(
            (EXAMPLE, TOBIAS)[number % 2],
            key=f"x:many-{number}",
            at=(COUNTED - timedelta(days=number + 1)).timestamp(),
            local_time=f"day {number + 1} before",
            phase="before_polls_close",
            minutes=-1440 * (number + 1),
            kinds=(("pledge",), ())[number % 3 == 0],
            tone=("negative", "neutral", "unscored")[number % 3],
            targets=(),
            text=f"Leaflet number {number} on the promenade and the harbour lights.",
        )
        for number in range(count)
    ]


def write_site(folder: Path, docs: Iterable[SearchDoc]) -> None:
    """A folder with the page of the search, its files and its index."""
    write_index(folder, None, by_candidacy(docs), ())
    write_page(folder)


def write_page(folder: Path) -> None:
    """The page and its files alone."""
    (folder / "assets").mkdir(exist_ok=True)
    for name in ASSETS:
        content = files("analysis.site").joinpath("assets", name).read_bytes()
        (folder / "assets" / name).write_bytes(content)
    (folder / "style.css").write_text(stylesheet(), encoding="utf-8")
    page = render_page(
        "search",
        root="",
        manifest=MANIFEST,
        elections=[("Westhaven council 2023", "elections/westhaven/index.html")],
        files=[("statements of Harbour ward", "elections/westhaven/contests/harbour/statements.csv")],
    )
    (folder / "search.html").write_text(page, encoding="utf-8")


CUT = [
    ("", []),
    ("I concede", ["i", "concede"]),
    ("Žižkov, ŁÓDŹ & Ærø: naïve café!", ["zizkov", "lodz", "aero", "naive", "cafe"]),
    ("cafe\u0301 STRASSE Straße", ["cafe", "strasse", "strasse"]),
    ("İstanbul ısı ŞIK", ["istanbul", "isi", "sik"]),
    ("ΟΔΟΣ οδός", ["οδοσ", "οδοσ"]),
    ("don’t don't", ["don", "t", "don", "t"]),
    ("#HarbourVotes @maren_h a@b.example", ["#harbourvotes", "@maren", "h", "a", "@b", "example"]),
    ("# alone ##two ＃wide", ["#", "alone", "#", "#two", "#wide"]),
    ("選挙に勝った", ["選", "挙", "に", "勝", "っ", "た"]),
    ("ガｶﾞ", ["ガ", "ガ"]),
    ("선거 승리", ["선거", "승리"]),
    ("اِنْتِخَابَات الأحزاب", ["انتخابات", "الاحزاب"]),
    ("שָׁלוֹם", ["שלום"]),
    ("चुनाव हिंदी", ["चुनाव", "हिंदी"]),
    ("เลือก", ["เ", "ล", "ื", "อ", "ก"]),
    ("½ x² №5 ﬁne", ["1", "2", "x2", "no5", "fine"]),
    ("\U0001d54d\U0001d560te 👩‍👩‍👧 🏴", ["vote"]),
    ("co\u00adoperate zero\u200bwidth nul\x00l \ud83d x", ["cooperate", "zero", "width", "nul", "l", "x"]),
    ("</script><b>\u2028\u202ex", ["script", "b", "x"]),
    ("72.9% 4,515 snake_case", ["72", "9", "4", "515", "snake", "case"]),
]
"""Texts, and the words that the index and the page must both find in them."""

HOSTILE = (
    "</script><script>document.title = 'owned'</script>",
    "<img src=https://evil.example/x onerror=document.title='owned'>",
    '"]);alert(1);hustingsSearch("docs-0",[["',
    "line\u2028separator\u2029paragraph",
    "\u202e" * 50 + "txt.exe \u2067 right to left \u200f مرحبا שלום",
    "W" * 10_000,
    "Z" + "\u0301" * 2_000,
    "\n" * 3_000 + "far below",
    "nul\x00byte \ud83d half",
    "__proto__ constructor toString hasOwnProperty",
    "${x} `y` \\u0041 \\",
    "🔥" * 5_000,
)
"""What candidates must not be able to do to a page."""
